#!/usr/bin/env bash
# Builds the image with a Docker daemon of its own and runs tests/system/container.py on it. Nothing of it stays: the
# daemon has its own folders, makes no bridge and touches no firewall. Needs root and .venv (make setup-dev).
# BASE_IMAGE=python:3.12-slim-bookworm uses that base, where a registry can be reached; by default a stand-in is made
# (.ci/mkbase.sh) and kept in the temporary folder for the next run.
# Exit code 77: it cannot run here, a line says why.
set -euo pipefail
cd "$(dirname "$0")/.."

docker=/usr/bin/docker # Debian's; a newer client without buildx, as it may stand before it in PATH, cannot build
skip() { echo "SKIPPED container: $1"; exit 77; }
[ "$(id -u)" = 0 ] || skip 'a private Docker daemon needs root'
[ -x "$docker" ] || skip "there is no $docker (docker.io)"
command -v dockerd >/dev/null || skip 'there is no dockerd (docker.io)'

work=$(mktemp -d)
finish() {
  if [ -s "$work/dockerd.pid" ]; then
    kill "$(<"$work/dockerd.pid")"
    wait || true
  fi
  find "$work/exec/netns" -type f -exec umount {} + 2>/dev/null || true # left mounted by every --network=host
  rm -rf "$work"
}
trap finish EXIT

step() { printf '  %-34s %4d s\n' "$1" $((SECONDS - since)); since=$SECONDS; }
since=$SECONDS

start_docker() {
  dockerd --data-root "$work/data" --exec-root "$work/exec" --pidfile "$work/dockerd.pid" \
    --host "unix://$work/docker.sock" --storage-driver overlay2 \
    --bridge=none --iptables=false --ip6tables=false --ip-forward=false >"$work/dockerd.log" 2>&1 </dev/null &
  export DOCKER_HOST=unix://$work/docker.sock DOCKER_BUILDKIT=1
  for _ in {1..100}; do
    "$docker" version >/dev/null 2>&1 && return
    sleep 0.2
  done
  tail -20 "$work/dockerd.log"
  return 1
}

# A CPython that can be copied: the one asked for, else a 3.12 of pyenv, else the one of .venv.
find_python() {
  local pyenv=("${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.12.*/bin/python3.12)
  if [ -n "${BASE_PYTHON:-}" ]; then echo "$BASE_PYTHON"
  elif [ -x "${pyenv[-1]}" ]; then echo "${pyenv[-1]}"
  else echo .venv/bin/python; fi
}

# The stand-in base as a tar file, made anew when its recipe, its Python or the machine's certificates change.
find_base() {
  local python cache key
  python=$(find_python)
  cache=${TMPDIR:-/tmp}/monitor-ci-$(id -u)
  install -d -m 700 "$cache"
  [ -O "$cache" ] || { echo "$cache belongs to another user" >&2; return 1; }
  key=$({ "$python" -VV; cat .ci/mkbase.sh /etc/ssl/certs/ca-certificates.crt; } | sha256sum | cut -c1-16)
  base=$cache/base-$key.tar
  [ -f "$base" ] && return
  command -v mmdebstrap >/dev/null || skip 'mmdebstrap is not installed'
  rm -f "$cache"/base-*
  .ci/mkbase.sh "$work/base.tar" "$python"
  mv "$work/base.tar" "$base"
}

start_docker
step 'daemon'
if [ -z "${BASE_IMAGE:-}" ]; then
  find_base
  BASE_IMAGE=local/stand-in
  "$docker" import --change 'ENV PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' "$base" "$BASE_IMAGE" >/dev/null
fi
step 'base image'
"$docker" build --network=host --build-arg BASE_IMAGE="$BASE_IMAGE" --tag monitor:ci . >"$work/build.log" 2>&1 ||
  { tail -40 "$work/build.log"; exit 1; }
step "image, $("$docker" image inspect --format '{{.Size}}' monitor:ci | numfmt --to=si)B"
DOCKER=$docker MONITOR_IMAGE=monitor:ci .venv/bin/pytest -q -p no:randomly tests/system/container.py
step 'checks'
