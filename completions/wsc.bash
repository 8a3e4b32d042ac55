# bash completion for wsc(1)

_wsc() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  case $previous in
    --cacert)
      compopt -o filenames
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      return
      ;;
    -H | --header | -s | --subprotocol | --protocol | -o | --origin | --connect-timeout | \
      --ping-interval | --ping-timeout | --heartbeat | --heartbeat-interval | -m | --max-time | \
      -x | --execute | -n | --count | --eof-wait)
      return
      ;;
  esac
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W '
      --header --subprotocol --protocol --origin --insecure --cacert --connect-timeout
      --ping-interval --ping-timeout --heartbeat --heartbeat-interval --reconnect --no-reconnect
      --max-time --execute --count --eof-wait --quiet --verbose --no-color --version --help
    ' -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -W 'ws:// wss:// ws+unix:' -- "$current")
    compopt -o nospace
  fi
}

# A URL is one word.
complete -F _wsc wsc
