#!/usr/bin/env bash
# Compiles both executables ahead of time: dist/<rid>/cc-console, dist/<rid>/cc-agent, and
# dist/cc-console-<version>-<rid>.tar.gz with its SHA-256 sums.  Usage: ./publish.sh [RID]
set -euo pipefail
cd "$(dirname "$0")"
# The SDK's tools want ICU, which a bare machine lacks; nothing here depends on a culture.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

fail() { printf 'publish: %s\n' "$1" >&2; [ $# -lt 2 ] || printf '  next: %s\n' "$2" >&2; exit 2; }

case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) host=linux-x64 ;;
    Linux-aarch64) host=linux-arm64 ;;
    Darwin-arm64) host=osx-arm64 ;;
    Darwin-x86_64) host=osx-x64 ;;
    *) fail "no known runtime identifier for $(uname -s) on $(uname -m)" "name one: ./publish.sh linux-x64" ;;
esac
rid=${1:-$host}
[ "$rid" = "$host" ] || fail "cannot compile for $rid on $host: NativeAOT does not compile across systems" "run ./publish.sh on a $rid machine"

command -v dotnet >/dev/null || fail "the .NET SDK is missing (dotnet is not on PATH)" "install the .NET 10 SDK"

# What the linker needs beside the SDK: a C compiler, zlib, and SQLite's static library.
sqlite_archive() { local p; p=$(gcc -print-file-name=libsqlite3.a 2>/dev/null) && [ -f "$p" ] && printf '%s' "$p"; }
missing() {
    command -v gcc >/dev/null && echo '#include <stdio.h>' | gcc -E - >/dev/null 2>&1 || echo gcc libc6-dev
    [ -f /usr/include/zlib.h ] || echo zlib1g-dev
    sqlite_archive >/dev/null || echo libsqlite3-dev
}
if [ "${rid%%-*}" = linux ]; then
    need=$(missing | tr '\n' ' ')
    if [ -n "$need" ]; then
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
            echo "publish: installing $need" >&2
            # A fresh machine may be at its own updates, and a mirror may falter.
            apt='-o DPkg::Lock::Timeout=300 -o Acquire::Retries=3'
            # The lists have a lock of their own, for which apt-get does not wait.
            # shellcheck disable=SC2086 # a list of words
            update() { for _ in $(seq 12); do apt-get $apt update -qq && return; sleep 10; done; return 1; }
            # shellcheck disable=SC2086 # lists of words
            { update && DEBIAN_FRONTEND=noninteractive apt-get $apt install -y -qq --no-install-recommends $need; } >&2 ||
                fail "apt-get could not install $need" "install them by hand, then run ./publish.sh again"
        else
            fail "missing: $need" "as root: apt-get install $need   (elsewhere: a C compiler with libc headers, zlib headers, libsqlite3.a)"
        fi
    fi
    sqlite=$(sqlite_archive)
else
    sqlite=$(brew --prefix sqlite 2>/dev/null)/lib/libsqlite3.a
    [ -f "$sqlite" ] || fail "SQLite's static library is missing" "brew install sqlite"
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/cc-publish.XXXXXX")
trap 'rm -rf "$work"' EXIT

# net10.0 where its NativeAOT runtime pack can be restored, else net9.0.
framework=
for candidate in net10.0 net9.0; do
    if dotnet restore src/CcAgent -r "$rid" -p:CcTargetFramework=$candidate -p:CcPublishAot=true \
        --artifacts-path "$work/artifacts" -v quiet >"$work/restore-$candidate.log" 2>&1; then
        framework=$candidate
        break
    fi
done
[ -n "$framework" ] || { cat "$work"/restore-*.log >&2; fail "the NativeAOT runtime pack could be restored for neither net10.0 nor net9.0" "see the errors above; the package source must offer it"; }
echo "publish: $rid, compiled ahead of time for $framework" >&2

dist=dist/$rid
rm -rf "$dist"
mkdir -p "$dist"
compile() { # project, executable, further properties
    local project=$1 name=$2
    shift 2
    dotnet publish "src/$project" -c Release -r "$rid" -p:CcTargetFramework="$framework" -p:CcPublishAot=true \
        -p:CppCompilerAndLinker=gcc --artifacts-path "$work/artifacts" -o "$work/$project" -v quiet -nologo "$@" >"$work/$project.log" 2>&1 ||
        { cat "$work/$project.log" >&2; fail "$project did not compile" "see the errors above"; }
    # Old packages warn of trimming as a whole; these are known and tested, any other is an error.
    local strangers
    strangers=$(grep -E 'IL2104|IL3053' "$work/$project.log" | sed "s/.*Assembly '\([^']*\)'.*/\1/" | sort -u |
        grep -vxE 'System\.CommandLine|Spectre\.Console|Microsoft\.Data\.Sqlite|SQLitePCLRaw\.[A-Za-z0-9_.]+|Humanizer' || true)
    [ -z "$strangers" ] || fail "$project: warnings about trimming from $strangers" "replace the package or test and name it in publish.sh"
    install -m 755 "$work/$project/$name" "$dist/$name"
}
compile CcAgent cc-agent
# A chain is verified by hashing its entries side by side, which NativeAOT compiles for AVX2 only where it may be taken
# for granted (x86-64 from 2013 on). CC_CPU=baseline builds a console for older processors: it verifies at a third of the speed.
cpu=()
if [ "${rid##*-}" = x64 ] && [ "${CC_CPU:-}" != baseline ]; then cpu=(-p:IlcInstructionSet=avx2); fi
compile CcConsole cc-console "${cpu[@]}" -p:CcAgentBinary="$PWD/$dist/cc-agent" -p:CcSqliteLibrary="$sqlite"

version=$("$dist/cc-console" --version | head -n 1)
version=${version##* }
archive=cc-console-$version-$rid.tar.gz
epoch=$(git log -1 --format=%ct 2>/dev/null || echo 0)
tar_flags=()
if tar --version 2>/dev/null | grep -q GNU; then
    tar_flags=(--sort=name --owner=0 --group=0 --numeric-owner --mtime="@$epoch")
fi
tar "${tar_flags[@]}" -C dist -cf - "$rid" | gzip -9n >"dist/$archive"
sums() { if command -v sha256sum >/dev/null; then sha256sum "$@"; else shasum -a 256 "$@"; fi; }
(cd dist && sums "$archive" "$rid/cc-console" "$rid/cc-agent" >SHA256SUMS)
ls -l "$dist" "dist/$archive" | awk 'NF>=9 {print "publish: " $5 " bytes  " $9}' >&2
