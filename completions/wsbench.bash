# bash completion for wsbench(1)

_wsbench() {
  local IFS=$' \n' current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  COMPREPLY=()
  case $previous in
    -c | --connections) return ;;
    -t | --threads) return ;;
    -d | --duration) return ;;
    -n | --messages) return ;;
    -R | --rate) return ;;
    --rate-per-conn) return ;;
    -p | --pipeline) return ;;
    --connect-rate) return ;;
    --connect-concurrency) return ;;
    --stage) return ;;
    --warmup) return ;;
    --drain) return ;;
    --repeat) return ;;
    -s | --size) return ;;
    -m | --message) return ;;
    -f | --message-file) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --first-message) return ;;
    --subscribers) return ;;
    --publishers) return ;;
    --subscribe) return ;;
    --subscribe-ack) return ;;
    --publish) return ;;
    --publish-url) return ;;
    --publish-header) return ;;
    --ping-interval) return ;;
    --ping-timeout) return ;;
    --lifetime) return ;;
    --drop) return ;;
    --at) return ;;
    --search) COMPREPLY=($(compgen -W 'rate conns' -- "$current")); return ;;
    --slo) return ;;
    -H | --header) return ;;
    --subprotocol) return ;;
    --origin) return ;;
    --ua) return ;;
    --cookie) return ;;
    --user) return ;;
    --bearer) return ;;
    --cacert) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --cert) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --key) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --passphrase) return ;;
    --sni) return ;;
    --tls-min) COMPREPLY=($(compgen -W '1.0 1.1 1.2 1.3' -- "$current")); return ;;
    --tls-max) COMPREPLY=($(compgen -W '1.0 1.1 1.2 1.3' -- "$current")); return ;;
    --ciphers) return ;;
    --proxy) return ;;
    --resolve) return ;;
    --connect-to) return ;;
    --unix-socket) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --connect-timeout) return ;;
    -l | --local-addr) return ;;
    --pid) return ;;
    --unit) return ;;
    --threshold) return ;;
    --baseline) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --max-regression) return ;;
    -o | --out) return ;;
    --hdr) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --percentiles) return ;;
    --interval) return ;;
    --completion) COMPREPLY=($(compgen -W 'bash zsh fish' -- "$current")); return ;;
  esac
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W '--connections --threads --busy-poll --duration --messages --rate --rate-per-conn --pipeline --connect-rate --connect-concurrency --stage --warmup --drain --repeat --size --message --message-file --template --first-message --binary --verify --subscribers --publishers --subscribe --subscribe-ack --publish --publish-url --publish-header --ping-interval --ping-timeout --lifetime --drop --at --search --slo --header --subprotocol --origin --ua --cookie --user --bearer --compress --insecure --cacert --cert --key --passphrase --sni --tls-min --tls-max --ciphers --proxy --ipv4 --ipv6 --resolve --connect-to --unix-socket --connect-timeout --local-addr --pid --unit --threshold --abort-on-fail --baseline --max-regression --accept-invalid --out --json --hdr --latency --percentiles --no-latency-correction --interval --no-tui --quiet --completion --version --help' -- "$current"))
  elif ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W 'echo send recv fanout idle churn storm search compare merge ws:// wss:// ws+unix:' -- "$current"))
    if [[ ${COMPREPLY[0]} == *: || ${COMPREPLY[0]} == */ ]]; then compopt -o nospace; fi
  elif [[ ${COMP_WORDS[1]} == merge ]]; then
    compopt -o filenames
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  else
    COMPREPLY=($(compgen -W 'ws:// wss:// ws+unix:' -- "$current"))
    compopt -o nospace
  fi
}

complete -F _wsbench wsbench
