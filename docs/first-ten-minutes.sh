#!/usr/bin/env bash
# A newcomer's first ten minutes, as a script: nothing is needed but the .NET 10 SDK, and kubectl is used where there is one.
# Run it from anywhere: docs/first-ten-minutes.sh. Every line is one that you can type; a line that does not do what it should ends it.
set -euo pipefail
cd "$(dirname "$0")/.."

step() { printf '\n== %s\n' "$*"; }
run() { printf '$ %s\n' "$*"; "$@"; }

folder=$(mktemp -d)
worker=
stop() { if [ -n "$worker" ]; then kill -TERM "$worker" 2>/dev/null || true; wait "$worker" 2>/dev/null || true; fi; rm -rf "$folder"; }
trap stop EXIT

step "1. Build it"
[ -n "${FIRST_TEN_MINUTES_NO_BUILD:-}" ] || run dotnet build BuildController.Host -v quiet
# What "dotnet run --project BuildController.Host --" runs, without the second that it takes to look whether to build.
program=BuildController.Host/bin/Debug/net10.0/BuildController.Host.dll
host() { dotnet "$program" "$@"; }

step "2. The tour: a first build, a rebuild, a failure, the retry limit and the way back, on a cluster in the process"
run host demo

step "3. The worker, in the background, on an embedded cluster of its own"
echo "$ dotnet run --project BuildController.Host &"
dotnet "$program" > "$folder/out" 2> "$folder/log" &
worker=$!
for _ in $(seq 300); do
    grep -q 'Ctrl-C ends it' "$folder/out" && break
    kill -0 "$worker" 2>/dev/null || { cat "$folder/log"; exit 1; }
    sleep 0.2
done
KUBECONFIG=$(sed -n 's/^ *kubeconfig: //p' "$folder/out")
export KUBECONFIG
echo "export KUBECONFIG=$KUBECONFIG"

# The worker never uses a kubeconfig that merely lies about: it is told.
export BUILDCONTROLLER_KUBECONFIG=$KUBECONFIG

step "4. Look around"
run host status
if command -v kubectl > /dev/null; then
    run kubectl get mcp
    run kubectl -n openshift-machine-config-operator get configmaps,secrets
fi

step "5. The first image of the pool 'worker' is built by itself: wait for it"
if command -v kubectl > /dev/null; then
    run kubectl wait --for=condition=BuildSuccess mcp/worker --timeout=60s
else
    for _ in $(seq 60); do host status worker | grep -q ' Built ' && break; sleep 1; done
    run host status worker
fi

step "6. Ask for a rebuild, and watch it"
if command -v kubectl > /dev/null; then
    run kubectl annotate mcp worker machineconfiguration.openshift.io/rebuildImage=first-try
    # The annotation goes when the build has completed, whatever the outcome.
    for _ in $(seq 60); do
        [ -n "$(kubectl get mcp worker -o jsonpath='{.metadata.annotations.machineconfiguration\.openshift\.io/rebuildImage}')" ] || break
        sleep 1
    done
    run kubectl wait --for=condition=BuildSuccess mcp/worker --timeout=10s
    echo "And once more, by the worker's own command, which asks and waits:"
else
    echo "(no kubectl here: the worker's own command asks, and waits)"
fi
run host rebuild worker --wait --timeout 60s

step "7. What happened, as the pool's events tell it"
if command -v kubectl > /dev/null; then
    run kubectl get events --field-selector involvedObject.name=worker
fi
run host status worker -o yaml

step "8. What a real cluster would be given"
host manifests > "$folder/manifests.yaml"
if command -v kubectl > /dev/null; then
    run kubectl apply --dry-run=server -f "$folder/manifests.yaml"
else
    grep '^kind:' "$folder/manifests.yaml"
fi

step "9. Stop it"
kill -TERM "$worker"
wait "$worker"
worker=
echo "The first ten minutes are over: every line did what it should."
