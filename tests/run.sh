#!/usr/bin/env bash
# Runs every test: installs the real components that they need, publishes, builds, runs each test project.
# The last line is "N passed, N failed, N skipped".  Usage: tests/run.sh [PROJECT…]   (names as under tests/)
set -euo pipefail
cd "$(dirname "$0")/.."
# The SDK's tools want ICU, which a bare machine lacks; nothing here depends on a culture.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

fail() { printf 'run: %s\n' "$1" >&2; [ $# -lt 2 ] || printf '  next: %s\n' "$2" >&2; exit 2; }

# Command that must be there, and the Debian package that brings it.
components='sshd:openssh-server ssh:openssh-client cron:cron crontab:cron tmux:tmux bwrap:bubblewrap sqlite3:sqlite3
    python3:python3 openssl:openssl ps:procps unshare:util-linux useradd:passwd tcsh:tcsh fish:fish script:bsdutils git:git sudo:sudo gcc:gcc
    systemd-analyze:systemd shellcheck:shellcheck strace:strace'
PATH=$PATH:/usr/sbin:/sbin
need=
for component in $components; do
    command -v "${component%%:*}" >/dev/null || need="$need ${component##*:}"
done
# Debian's other busybox has neither crond nor crontab.
busybox --list 2>/dev/null | grep -qx crond || need="$need busybox-static"
[ -n "$(find /usr/lib /lib -name 'libsqlite3.so.0' -print -quit 2>/dev/null)" ] || need="$need libsqlite3-0"
if [ -n "$need" ]; then
    need=$(printf '%s\n' $need | sort -u | tr '\n' ' ')
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "run: installing $need" >&2
        # Packages must not start their daemons here: the tests start their own.
        policy=/usr/sbin/policy-rc.d
        made=
        if [ ! -e $policy ]; then printf '#!/bin/sh\nexit 101\n' >$policy; chmod 755 $policy; made=1; fi
        # A fresh machine may be at its own updates, and a mirror may falter.
        apt='-o DPkg::Lock::Timeout=300 -o Acquire::Retries=3'
        # The lists have a lock of their own, for which apt-get does not wait.
        # shellcheck disable=SC2086 # a list of words
        update() { for _ in $(seq 12); do apt-get $apt update -qq && return; sleep 10; done; return 1; }
        # shellcheck disable=SC2086 # lists of words
        { update && DEBIAN_FRONTEND=noninteractive apt-get $apt install -y -qq --no-install-recommends $need; } >&2 ||
            fail "apt-get could not install $need" "install them by hand, then run tests/run.sh again"
        [ -z "$made" ] || rm -f $policy
    else
        fail "missing: $need" "as root: apt-get install $need"
    fi
fi
[ "$(id -u)" = 0 ] || fail "the tests make users, mount namespaces and daemons of their own, and need root for it" "run them as root on a machine made for testing"

./publish.sh >&2
case "$(uname -m)" in x86_64) rid=linux-x64 ;; aarch64) rid=linux-arm64 ;; *) fail "no published binary for $(uname -m)" ;; esac
export CC_DIST=$PWD/dist/$rid
export CC_TABLES=$PWD/tests/.cache/tables
tests/EndToEnd/RealTables/fetch.sh "$CC_TABLES" >&2 || fail "the crontabs of Debian's packages could not be fetched" "see the errors above; apt-get needs a mirror of Debian"

dotnet build CcConsole.sln -c Release -v quiet -nologo >&2 || fail "the build failed" "see the errors above"

if [ $# -gt 0 ]; then projects=("$@"); else
    projects=()
    for file in tests/*/*.csproj; do
        name=$(basename "$file" .csproj)
        if grep -q xunit.v3 "$file"; then projects+=("$name"); fi
    done
fi
passed=0 failed=0 skipped=0
log=$(mktemp "${TMPDIR:-/tmp}/cc-tests.XXXXXX")
trap 'rm -f "$log"' EXIT
for name in "${projects[@]}"; do
    start=$SECONDS
    echo "== $name"
    # A project that hangs is a failure, not a wait without end.
    timeout --kill-after=30 2400 dotnet "tests/$name/bin/Release/net10.0/$name.dll" -noColor </dev/null >"$log" 2>&1 && code=0 || code=$?
    summary=$(grep -aE 'Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+, Skipped: [0-9]+' "$log" | tail -n 1 || true)
    count() { printf '%s' "$summary" | sed -n "s/.*$1: \([0-9]*\).*/\1/p"; }
    if [ -z "$summary" ]; then
        cat "$log"
        echo "$name ended with exit code $code and without a summary"
        failed=$((failed + 1))
        continue
    fi
    bad=$(($(count Failed) + $(count Errors)))
    [ "$code" -eq 0 ] && [ "$bad" -eq 0 ] || cat "$log"
    [ "$code" -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
    # A test that is run only when it is named was not run.
    ran=$(($(count Total) - $(count Skipped) - $(count "Not Run")))
    passed=$((passed + ran - (bad < ran ? bad : ran)))
    failed=$((failed + bad))
    skipped=$((skipped + $(count Skipped)))
    echo "   $ran run, $bad failed, $((SECONDS - start)) s"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$skipped" -eq 0 ] && [ "$passed" -gt 0 ]
