#!/usr/bin/env bash
# Prints the README's table of figures for this machine: medians, the peer beside each, and the ratio of interleaved pairs.
# After ./publish.sh, on a machine that does nothing else:  tests/Benchmarks/run.sh [DIST]   (default: dist/<this machine's>)
set -euo pipefail
cd "$(dirname "$0")/../.."
# The SDK's tools want ICU, which a bare machine lacks; nothing here depends on a culture.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

fail() { printf 'benchmarks: %s\n  next: %s\n' "$1" "$2" >&2; exit 2; }

case "$(uname -m)" in aarch64) rid=linux-arm64 ;; *) rid=linux-x64 ;; esac
dist=$(realpath -m "${1:-dist/$rid}")
[ -x "$dist/cc-console" ] && [ -x "$dist/cc-agent" ] || fail "there are no published binaries in $dist" "run ./publish.sh"
for tool in dotnet openssl python3 taskset crontab gcc; do
    command -v $tool >/dev/null || fail "$tool is missing" "install it (Debian: openssl, python3, util-linux, cron, gcc)"
done

/usr/bin/python3 -c 'import croniter' 2>/dev/null || {
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "benchmarks: installing python3-croniter" >&2
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-croniter; } >&2
    fi
    /usr/bin/python3 -c 'import croniter' 2>/dev/null || fail "python3-croniter, the peer for schedules, is missing" "as root: apt-get install python3-croniter"
}

work=$(mktemp -d "${TMPDIR:-/tmp}/cc-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
dotnet build tests/Benchmarks -c Release -v quiet -nologo >"$work/build.log" 2>&1 || { cat "$work/build.log" >&2; fail "the benchmarks do not build" "see the errors above"; }
tool=tests/Benchmarks/bin/Release/net10.0/Benchmarks.dll

echo "| what | bound | measured |"
echo "|---|---|---|"
python3 tests/Benchmarks/start.py "$dist" "$work"

echo "benchmarks: reports" >&2
/usr/bin/python3 tests/Benchmarks/reports.py "$dist" "$work"

echo "benchmarks: audit entries" >&2
gcc -O2 -shared -fPIC -Wno-unknown-pragmas -o "$work/libcc_sha256.so" src/CcConsole.Core/Audit/Native/sha256_x86.c
echo "| durable audit entries a second, 32 writers, the agent's writer alone | 10 times one fsync an entry | $(LD_LIBRARY_PATH=$work dotnet $tool append-pairs "$work/append-alone") |"
/usr/bin/python3 tests/Benchmarks/append.py "$dist" "$work"

echo "benchmarks: pull" >&2
[ "$(id -u)" != 0 ] || python3 tests/Benchmarks/pull.py "$dist" "$work"

echo "benchmarks: schedules" >&2
# Debian's own python3 sees Debian's croniter, whatever other python3 comes first on the PATH.
/usr/bin/python3 tests/Benchmarks/schedules.py "$dist" "$work"

echo "benchmarks: drawing" >&2
echo "| allocated by a redraw of 200×50 cells: nothing changed, another row selected, all sent anew | 0 B | $(dotnet $tool frame-bytes) |"

# "verify 190 ms, openssl 170 ms, ratio 1.12 (medians of 21 pairs)"; the first pair makes the file.
echo "benchmarks: 450,000 entries, with and without signatures, twice" >&2
pairs() { "${@:2}" dotnet $tool "audit-pairs$1" "$work/chain$1.jsonl" "$dist/cc-console" audit verify | tail -n 1; }
both=$(pairs "" env)
one=$(pairs "" taskset -c 0)
signed_both=$(pairs -signed env)
signed_one=$(pairs -signed taskset -c 0)
echo "| verification of 450,000 entries, $(nproc) processors | 1.25 times \`openssl dgst -sha256\` | $both |"
echo "| the same, one processor | 2.5 times | $one |"
# The root that a checkpoint signs takes each line's hash a second time; the bounds are those of one hash an entry.
echo "| the same with a signed checkpoint every 1,000 entries, $(nproc) processors | | $signed_both |"
echo "| the same, one processor | | $signed_one |"
/usr/bin/python3 tests/Benchmarks/verify.py "$dist" "$work/chain.jsonl" README.md

echo "benchmarks: a search in 1,000,000 entries" >&2
mkdir "$work/search"
dotnet $tool audit-search "$work/search" "$dist/cc-console"
