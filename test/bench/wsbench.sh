#!/bin/sh
# Runs Switchyard as a `--proxy-cmd` of wsbench, which gives ports, certificate and folder in the environment. CAPTURE: off, on.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
for port in "$LISTEN_PORT" "$TLS_PORT"; do echo "Listen 127.0.0.1:$port"; done > "$WSBENCH_DIR/site.conf"
lines() {
  echo "  ServerName localhost"
  for path in echo blast sink; do echo "  ProxyPass /$path ws://127.0.0.1:$BACKEND_PORT/$path"; done
  echo "  ProxyPass / http://127.0.0.1:$BACKEND_PORT/"
  echo "  ProxyPassReverse / http://127.0.0.1:$BACKEND_PORT/"
}
{
  echo "ServerName localhost"
  echo "MaxKeepAliveRequests 0"
  echo "<VirtualHost *:$LISTEN_PORT>"; lines; echo "</VirtualHost>"
  echo "<VirtualHost *:$TLS_PORT>"; lines
  echo "  SSLEngine on"; echo "  SSLCertificateFile $TLS_CERT"; echo "  SSLCertificateKeyFile $TLS_KEY"
  echo "</VirtualHost>"
} >> "$WSBENCH_DIR/site.conf"
capture=off
[ "${CAPTURE:-off}" = off ] || capture="$WSBENCH_DIR/bench.capture"
exec node "$top/out/cli/switchyard.js" serve "$WSBENCH_DIR/site.conf" --dialect apache --no-ui --data "$WSBENCH_DIR/data" --capture "$capture"
