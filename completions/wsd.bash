# bash completion for wsd(8)

_wsd_command() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} options=''
  case $previous in
    --api-key-file | --config | --file)
      compopt -o filenames
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      return
      ;;
    --api | --user | --channel | --idempotency-key | --limit | --session)
      return
      ;;
  esac
  case $1 in
    publish) options='--all --user --channel --json --binary --file --idempotency-key' ;;
    sessions) options='--user --channel --limit --json' ;;
    kick) options='--session --user' ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$options --api --api-key-file --config --help" -- "$current")
}

_wsd() {
  case ${COMP_WORDS[1]} in
    publish | sessions | kick | drain | reload)
      if ((COMP_CWORD > 1)); then
        _wsd_command "${COMP_WORDS[1]}"
        return
      fi
      ;;
  esac
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  case $previous in
    --tls-cert | --tls-key | --redis-password-file | --redis-ca | --hook-secret-file | \
      --hook-ca | --ready-file | --config)
      compopt -o filenames
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      return
      ;;
    --auth)
      mapfile -t COMPREPLY < <(compgen -W 'any' -- "$current")
      return
      ;;
    --on-message)
      mapfile -t COMPREPLY < <(compgen -W 'heartbeat echo publish hook ignore close' -- "$current")
      return
      ;;
    --slow-consumer)
      mapfile -t COMPREPLY < <(compgen -W 'disconnect drop-oldest' -- "$current")
      return
      ;;
    --broker)
      mapfile -t COMPREPLY < <(compgen -W 'memory redis-stream redis-pubsub' -- "$current")
      return
      ;;
    --log-level)
      mapfile -t COMPREPLY < <(compgen -W 'debug info warn error off' -- "$current")
      return
      ;;
    --log-format)
      mapfile -t COMPREPLY < <(compgen -W 'text json' -- "$current")
      return
      ;;
    --listen | --api | --path | --sse-path | --threads | --origin | --allow-subscribe | \
      --allow-publish | --greeting | --heartbeat-reply | --idle-timeout | --ping-interval | \
      --max-message | --max-queue | --max-sessions | --replay-buffer | --log-max-messages | \
      --log-max-bytes | --log-max-age | --redis | --redis-prefix | --redis-topic | --hook | \
      --node-name)
      return
      ;;
  esac
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W '
      --listen --api --api-key-file --path --sse-path --threads --auth --origin --tls-cert --tls-key
      --allow-subscribe --allow-publish
      --greeting --heartbeat-reply --on-message --idle-timeout --ping-interval
      --max-message --max-queue --slow-consumer --max-sessions --plain-ids --replay-buffer
      --broker --log-max-messages --log-max-bytes --log-max-age --redis --redis-password-file --redis-ca --redis-prefix --redis-topic --redis-sharded
      --hook --hook-secret-file --hook-ca --hook-debounce
      --node-name --drain-time --ready-file --log-level --log-format --config --version --help
    ' -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -W 'check publish sessions kick drain reload' -- "$current")
  fi
}

complete -F _wsd wsd
