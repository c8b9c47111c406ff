#!/usr/bin/env bash
# Fetches crontabs as Debian's packages ship them: system tables as FOLDER/PACKAGE/NAME, examples of a user's own as
# FOLDER/PACKAGE/NAME.user. The packages are unpacked, never installed.
# Usage: fetch.sh FOLDER
set -euo pipefail
# Not every release has each of them: the tests ask for 20 tables.
packages='amavisd-new anacron awstats backupninja buildd certbot cron cron-apt cron-daemon-common dma e2fsprogs fcheck inn inn2
    john leafnode logcheck mailman3 mdadm mlmmj munin munin-node ntpsec php-common rsnapshot sa-exim sysstat tiger uucp'
folder=$1
[ ! -e "$folder/complete" ] || exit 0
mkdir -p "$folder"
work=$(mktemp -d "${TMPDIR:-/tmp}/cc-tables.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"

# The lists have a lock of their own, for which apt-get does not wait.
update() { for _ in $(seq 12); do apt-get update -qq -o Acquire::Retries=3 && return; sleep 10; done; return 1; }
# shellcheck disable=SC2086 # a list of words
known() { mapfile -t there < <(apt-cache policy $packages | awk '/^[^ ]/ { name = substr($1, 1, length($1) - 1) } /Candidate: [^(]/ { print name }'); }
known
# A machine whose package lists were never read, or removed, knows what is installed at most.
if [ ${#there[@]} -lt 20 ]; then update; known; fi
fetch() { apt-get download -qq -o Acquire::Retries=3 -o APT::Sandbox::User=root "${there[@]}"; }
fetch || { update && fetch; }

for file in *.deb; do
    package=${file%%_*}
    mkdir "$package"
    # tar says so when a package has none of these.
    dpkg-deb --fsys-tarfile "$file" | tar -xf - -C "$package" --wildcards './etc/cron.d/*' ./etc/crontab ./usr/share/doc/sysstat/examples/crontab 2>/dev/null || true
    find "$package" -type f ! -name '.*' | while read -r table; do
        name=${table##*/}
        case $table in */doc/*) name=$name.user ;; esac
        mkdir -p "$folder/$package"
        cp "$table" "$folder/$package/$name"
    done
done
: >"$folder/complete"
