#!/usr/bin/env bash
# Runs recap (all roles in one process) inside 0.1 CPU and 512 MB, lets Locust at it from
# outside, and prints whether it kept within its baselines. README.md beside this file.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
    cat <<'END'
usage: locust/run-constrained.sh [options]

  --plan steady|burst   30 requests a minute for ten minutes, or 20 a second for one (steady)
  --seconds N           hold for so long instead; 20 shows whether it works at all
  --recap FILE          recap, as it is shipped (target/dist/recap; built when missing)
  --simulator FILE      the simulated YouTube (target/debug/recap-simulator; built when missing)
  --docker IMAGE        in a container of that image, where no control group can be made
  --out DIRECTORY       where logs and tables are left (target/locust/PLAN-TIME)

Settings of recap may be given as variables, RECAP_<SECTION>__<FIELD>.
Ends with 0 if all baselines were kept, else with 1; with 2 if it could not be tried.
END
}

fail() {
    echo "run-constrained: $*" >&2
    exit 2
}

plan=steady seconds=0 image='' out=''
recap=target/dist/recap simulator=target/debug/recap-simulator
while [ $# -gt 0 ]; do
    case $1 in
        --plan) plan=${2:?}; shift 2 ;;
        --seconds) seconds=${2:?}; shift 2 ;;
        --recap) recap=${2:?}; shift 2 ;;
        --simulator) simulator=${2:?}; shift 2 ;;
        --docker) image=${2:?}; shift 2 ;;
        --out) out=${2:?}; shift 2 ;;
        --help) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
done
out=${out:-target/locust/$plan-$(date +%H%M%S)}
mkdir -p "$out"
out=$(cd "$out" && pwd)
state=$(mktemp -d)

# ---- The end, however it comes

group=recap-locust-$$
groups=() recap_pid='' simulator_pid='' container=''
clean() {
    [ -z "$container" ] || docker rm --force --volumes "$container" >/dev/null || true
    if [ -n "$recap_pid" ]; then
        # A throttled process would take its time to stop.
        for it in "${groups[@]}"; do
            [ ! -e "$it/cpu.cfs_quota_us" ] || echo -1 >"$it/cpu.cfs_quota_us"
            [ ! -e "$it/cpu.max" ] || echo max >"$it/cpu.max"
        done
        kill "$recap_pid" 2>/dev/null || true
        wait "$recap_pid" 2>/dev/null || true
    fi
    [ -z "$simulator_pid" ] || kill "$simulator_pid" 2>/dev/null || true
    for it in "${groups[@]}"; do
        rmdir "$it" 2>/dev/null || true
    done
    rm -rf "$state"
}
trap clean EXIT
trap 'exit 130' INT TERM

# ---- What is needed

[ -n "$image" ] || [ -x "$recap" ] || cargo build --profile dist -p recap
[ -x "$simulator" ] || cargo build -p recap-simulator
venv=target/locust/venv
if ! cmp -s locust/requirements.txt "$venv/.installed"; then
    python3 -m venv --clear "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes \
        --only-binary :all: --requirement locust/requirements.txt
    cp locust/requirements.txt "$venv/.installed"
fi

# ---- The world around recap, outside the group

"$simulator" --dir "$state" >"$state/addresses" 2>"$out/simulator.log" &
simulator_pid=$!
address() {
    python3 -c 'import json, sys; print(json.loads(sys.stdin.readline())[sys.argv[1]])' "$1" \
        <"$state/addresses"
}
for _ in $(seq 100); do
    [ -s "$state/addresses" ] && break
    sleep 0.1
done
[ -s "$state/addresses" ] || fail "the simulator did not start; see $out/simulator.log"
port=$(python3 -c 'import socket
print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
secret=$(python3 -c 'import secrets; print(secrets.token_urlsafe(48))')

# As deploy/render-free.yaml has it, but for ENVIRONMENT: production sends no webhooks to
# loopback. And the way to the simulated world.
settings=(
    OPTIMIZATION_LEVEL=basic
    RECAP_LOG__FORMAT=json
    # Each user of Locust has an address of its own, as behind a proxy.
    RECAP_SERVER__TRUSTED_PROXIES=1
    RECAP_AUTH__JWT_SECRET="$secret"
    RECAP_AUTH__ISSUER=recap-load
    RECAP_AUTH__AUDIENCE=recap
    # Locust receives webhooks on loopback.
    RECAP_WEBHOOKS__ALLOW_HTTP=true
    RECAP_WEBHOOKS__ALLOW_CIDRS=127.0.0.0/8
    RECAP_MEDIA__PROXY="$(address youtube_proxy)"
    RECAP_MEDIA__CA_FILE="$(address ca_file)"
    RECAP_GEMINI__BASE_URL="$(address gemini_base_url)"
)
# What the caller has set comes last, and wins.
while IFS= read -r it; do settings+=("$it"); done \
    < <(env | grep -E '^(RECAP_.*__.*|GEMINI_API_KEY|OPTIMIZATION_LEVEL)=' || true)

# ---- recap, inside

# Makes the group below a version 1 or 2 hierarchy that may be written; fails if there is none.
make_group() {
    local root=/sys/fs/cgroup
    if [ -e "$root/cgroup.controllers" ]; then
        echo '+cpu +memory' >"$root/cgroup.subtree_control" || return
        mkdir "$root/$group" && groups=("$root/$group") || return
        echo '10000 100000' >"$root/$group/cpu.max" && echo 512M >"$root/$group/memory.max"
        [ ! -e "$root/$group/memory.swap.max" ] || echo 0 >"$root/$group/memory.swap.max"
    else
        for it in cpu cpuacct memory; do
            mkdir -p "$root/$it/$group" && groups+=("$root/$it/$group") || return
        done
        echo 100000 >"$root/cpu/$group/cpu.cfs_period_us" || return
        echo 10000 >"$root/cpu/$group/cpu.cfs_quota_us" || return
        echo 512M >"$root/memory/$group/memory.limit_in_bytes"
    fi
} 2>/dev/null

if [ -n "$image" ]; then
    # The user of the image has to read the authority of the simulated YouTube.
    chmod 755 "$state"
    flags=()
    for it in "${settings[@]}"; do flags+=(--env "$it"); done
    container=$(docker run --detach --network host --read-only --tmpfs /tmp:size=16m \
        --cpus 0.1 --memory 512m --memory-swap 512m --volume "$state:$state:ro" \
        "${flags[@]}" --env RECAP_SERVER__HOST=127.0.0.1 "$image" recap serve --port "$port")
    pid=$(docker inspect --format '{{.State.Pid}}' "$container")
else
    make_group || fail "no control group can be made here: be root, or use --docker IMAGE"
    yt_dlp=$PWD/target/tools/yt-dlp/bin/yt-dlp
    [ ! -x "$yt_dlp" ] || settings=(RECAP_MEDIA__YTDLP_PATH="$yt_dlp" "${settings[@]}")
    (
        for it in "${groups[@]}"; do echo "$BASHPID" >"$it/cgroup.procs"; done
        exec env RECAP_DATA__DIR="$state/data" "${settings[@]}" "$recap" serve --port "$port"
    ) >"$out/recap.log" 2>&1 &
    recap_pid=$! pid=$!
fi

url=http://127.0.0.1:$port
ready=''
for _ in $(seq 300); do
    curl --silent --fail --output /dev/null "$url/health/ready" && ready=yes && break
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.2
done
[ -n "$ready" ] || fail "recap did not start; see $out/recap.log"

# ---- Locust, outside

code=0
"$venv/bin/locust" --locustfile locust/locustfile.py --headless --host "$url" --only-summary \
    --stop-timeout 5 --plan "$plan" --seconds "$seconds" --secret "$secret" --pid "$pid" \
    --out "$out" >"$state/table" 2>"$out/locust.log" || code=$?
[ -z "$container" ] || docker logs "$container" >"$out/recap.log" 2>&1 || true
[ -e "$out/report.md" ] || { tail -20 "$out/locust.log" >&2; fail "no verdict was made"; }
cat "$out/report.md"
exit "$code"
