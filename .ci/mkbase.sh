#!/usr/bin/env bash
# mkbase.sh OUT.tar PYTHON: a root filesystem that stands in for python:3.X-slim-bookworm where no registry can be
# reached: Debian packages and the CPython of this machine, laid out as in the official image. It tests our Dockerfile and
# our code, not that image's patch level. Needs root, mmdebstrap and a CPython of its own folder (pyenv, setup-python).
# The machine's certificates go in here, so that pip trusts in a build what the machine trusts and the Dockerfile
# need not know of it.
set -euo pipefail

out=$1
read -r prefix version < <("$2" -c 'import sys; print(sys.base_prefix, "%d.%d" % sys.version_info[:2])')
[ "$prefix" != /usr ] || { echo "mkbase.sh: $2 is the system's own Python and cannot be copied" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
lib=lib/python$version
tar -C "$prefix" -cf "$work/python.tar" --exclude=__pycache__ --exclude='*.a' --exclude="$lib/config-*" \
  --exclude="$lib/site-packages/*" --exclude="$lib/test" --exclude="$lib/tkinter" --exclude="$lib/idlelib" \
  --exclude="$lib/turtledemo" --exclude=lib/pkgconfig bin/python bin/python3 "bin/python$version" lib
cat >"$work/pip.conf" <<'CONF'
[global]
cert = /etc/ssl/certs/ca-certificates.crt
disable-pip-version-check = true
root-user-action = ignore
CONF
cat >"$work/finish" <<'FINISH'
set -e
apt-get purge -qq --auto-remove usrmerge 'perl-modules-*' >/dev/null # usrmerge has done its work; the rest is 50 MB
ldconfig
/usr/local/bin/python -c 'import bz2, ctypes, curses, hashlib, lzma, readline, sqlite3, ssl, uuid, zlib'
/usr/local/bin/python -m ensurepip --default-pip >/dev/null 2>&1
find /usr/local -name __pycache__ -prune -exec rm -r {} +
FINISH

packages=ca-certificates,netbase,tzdata,libbz2-1.0,libffi8,liblzma5,libncursesw6,libnsl2,libreadline8,libsqlite3-0
packages+=,libssl3,libuuid1,usr-is-merged,zlib1g
# shellcheck disable=SC2016 # $1, the new root, is for mmdebstrap's shell
mmdebstrap --quiet --variant=minbase --include="$packages" --aptopt='APT::Install-Recommends "false"' \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  --customize-hook="tar-in $work/python.tar /usr/local" \
  --customize-hook='copy-in /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs' \
  --customize-hook="copy-in $work/pip.conf /etc" \
  --customize-hook='strip --strip-unneeded "$1"/usr/local/lib/libpython3.*.so.*' \
  --customize-hook="chroot \"\$1\" sh <'$work/finish'" \
  bookworm "$out"
