# bash completion for wsc(1)

_wsc() {
  local IFS=$' \n' current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  COMPREPLY=()
  case $previous in
    -H | --header) return ;;
    -s | --subprotocol) return ;;
    -o | --origin) return ;;
    --ua) return ;;
    --cookie) return ;;
    -u | --user) return ;;
    --bearer) return ;;
    --max-redirects) return ;;
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
    --interface) return ;;
    --unix-socket) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --connect-timeout) return ;;
    --noproxy) return ;;
    --ping-interval) return ;;
    --ping-timeout) return ;;
    --heartbeat) return ;;
    --heartbeat-interval) return ;;
    --heartbeat-expect) return ;;
    --retry) return ;;
    --retry-delay) return ;;
    --retry-max-delay) return ;;
    --retry-max-time) return ;;
    --retry-on) return ;;
    --on-open) return ;;
    --offline) COMPREPLY=($(compgen -W 'queue drop block' -- "$current")); return ;;
    -x | --execute) return ;;
    -f | --file) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --eof-wait) return ;;
    -w | --wait) return ;;
    -n | --count) return ;;
    --expect) return ;;
    --expect-json) return ;;
    --reject) return ;;
    --until) return ;;
    -m | --max-time) return ;;
    --close-code) return ;;
    --close-reason) return ;;
    --replay) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --speed) return ;;
    --format) COMPREPLY=($(compgen -W 'pretty raw json hex' -- "$current")); return ;;
    --filter) return ;;
    --record) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --color) COMPREPLY=($(compgen -W 'auto always never' -- "$current")); return ;;
    --write-out) return ;;
    --history) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --completion) COMPREPLY=($(compgen -W 'bash zsh fish' -- "$current")); return ;;
  esac
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W '--header --subprotocol --origin --ua --cookie --user --bearer --compress --location --max-redirects --insecure --cacert --cert --key --passphrase --sni --tls-min --tls-max --ciphers --proxy --ipv4 --ipv6 --resolve --connect-to --interface --unix-socket --connect-timeout --noproxy --ping-interval --ping-timeout --heartbeat --heartbeat-interval --heartbeat-expect --reconnect --no-reconnect --retry --retry-delay --retry-max-delay --retry-max-time --retry-on --on-open --offline --resume --execute --file --binary --null --one-message --exit-on-eof --eof-wait --wait --count --expect --expect-json --reject --until --max-time --close-code --close-reason --replay --speed --diff --format --json --timestamps --filter --record --color --no-color --quiet --verbose --include --write-out --slash --no-slash --no-status-line --history --completion --version --help' -- "$current"))
  else
    COMPREPLY=($(compgen -W 'ws:// wss:// ws+unix:' -- "$current"))
    compopt -o nospace
  fi
}

complete -F _wsc wsc
