#!/bin/sh
# Starts one node in a container. Other nodes must reach it by the container's own address, not by 127.0.0.1.
set -eu
if [ -z "${CLUSTER_HOST:-}" ]; then
  CLUSTER_HOST=$(hostname -i | cut -d' ' -f1)
  export CLUSTER_HOST
fi
# exec: the signals of `docker stop` reach Java, which drains. Three quarters of the container's memory are heap. Our classes
# need some 70 MB: without room for them Java stops to collect the whole heap three times until it has found out.
exec java -XX:MaxRAMPercentage=75 -XX:MetaspaceSize=96m -jar switchboard.jar "$@"
