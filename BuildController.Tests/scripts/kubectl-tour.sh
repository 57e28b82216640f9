#!/usr/bin/env bash
# A tour of the embedded cluster with kubectl, to be typed or run against a running `cluster` command:
#
#   dotnet run --project BuildController.Host -- cluster --port 18080     # in one terminal; it prints a KUBECONFIG
#   export KUBECONFIG=…                                                   # in another
#   BuildController.Tests/scripts/kubectl-tour.sh
#
# Works in a namespace of its own, which it deletes at the end. Stops at the first line that does not do what it should.
set -euo pipefail

ns=tour
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Shows a line, and runs it.
run() {
    printf '\n$ %s\n' "$*"
    "$@"
}

# Runs a line that must fail, and say something.
fails() {
    local expected=$1 output
    shift
    printf '\n$ %s\n' "$*"
    if output=$("$@" 2>&1); then
        printf 'This should have failed, but said: %s\n' "$output" >&2
        exit 1
    fi
    printf '%s\n' "$output"
    grep -qF -- "$expected" <<<"$output" || { printf 'It should have said: %s\n' "$expected" >&2; exit 1; }
}

# Compares what a line says.
says() {
    local expected=$1 output
    shift
    printf '\n$ %s\n' "$*"
    output=$("$@")
    printf '%s\n' "$output"
    [ "$output" = "$expected" ] || { printf 'It should have said: %s\n' "$expected" >&2; exit 1; }
}

cat >"$folder/map.yaml" <<'YAML'
apiVersion: v1
kind: ConfigMap
metadata:
  name: menu
data:
  soup: tomato
  main: noodles
YAML

# Look around.
run kubectl version
run kubectl cluster-info
run kubectl api-resources
run kubectl explain machineconfigpool.spec
run kubectl explain configmap --output=plaintext-openapiv2
says yes kubectl auth can-i create pods
run kubectl get --raw '/readyz?verbose'
run kubectl get mcp
run kubectl get mcp -o wide --show-labels
run kubectl describe mcp worker

# Create, and read in every form.
run kubectl create namespace "$ns"
run kubectl -n "$ns" apply -f "$folder/map.yaml"
run kubectl -n "$ns" run web --image=registry.example.com/web:1
run kubectl -n "$ns" wait --for=condition=Ready pod/web --timeout=60s
run kubectl -n "$ns" wait --for=jsonpath='{.status.phase}'=Running pod/web --timeout=60s
run kubectl -n "$ns" get pods -o wide
run kubectl -n "$ns" get all
says tomato kubectl -n "$ns" get cm menu -o jsonpath='{.data.soup}'
run kubectl -n "$ns" get cm menu -o yaml
run kubectl -n "$ns" get pods,cm -o custom-columns=KIND:.kind,NAME:.metadata.name --sort-by=.metadata.name
says pod/web kubectl -n "$ns" get pods -l run=web --field-selector=status.phase=Running -o name
run kubectl -n "$ns" events
fails 'has no log' kubectl -n "$ns" logs web

# Change.
fails 'soup: onion' kubectl -n "$ns" diff -f <(sed 's/tomato/onion/' "$folder/map.yaml")
sed -i.bak 's/tomato/onion/' "$folder/map.yaml"
run kubectl -n "$ns" apply -f "$folder/map.yaml"
run kubectl -n "$ns" patch cm menu --type merge -p '{"data":{"dessert":"plums"}}'
run kubectl -n "$ns" patch cm menu --type json -p '[{"op":"remove","path":"/data/main"}]'
run kubectl -n "$ns" patch cm menu -p '{"data":{"drink":"tea"}}'
run kubectl -n "$ns" label cm menu day=monday
run kubectl -n "$ns" annotate cm menu chef=ada
fails 'already has a value' kubectl -n "$ns" label cm menu day=friday
cat >"$folder/editor" <<'SH'
#!/bin/sh
sed -i.bak 's/plums/pears/' "$1"
SH
chmod +x "$folder/editor"
run env EDITOR="$folder/editor" kubectl -n "$ns" edit cm menu
says '{"dessert":"pears","drink":"tea","soup":"onion"}' kubectl -n "$ns" get cm menu -o jsonpath='{.data}'

# Server-side apply, and its conflicts.
cat >"$folder/owned.yaml" <<'YAML'
apiVersion: v1
kind: ConfigMap
metadata: {name: owned}
data: {color: red}
YAML
run kubectl -n "$ns" apply --server-side -f "$folder/owned.yaml"
sed -i.bak 's/red/blue/' "$folder/owned.yaml"
fails 'conflict with "kubectl": .data.color' kubectl -n "$ns" apply --server-side --field-manager=other -f "$folder/owned.yaml"
run kubectl -n "$ns" apply --server-side --field-manager=other --force-conflicts -f "$folder/owned.yaml"
run kubectl -n "$ns" replace -f <(kubectl -n "$ns" get cm owned -o yaml | sed 's/blue/green/')

# Delete.
fails 'the server could not find the requested resource' kubectl -n "$ns" scale pod/web --replicas=2
run kubectl -n "$ns" delete cm owned --dry-run=server
run kubectl -n "$ns" delete cm owned --cascade=foreground
run kubectl -n "$ns" delete pod web --grace-period=0 --force
run kubectl delete namespace "$ns"
fails 'NotFound' kubectl get namespace "$ns"

printf '\nThe tour is over: every line did what it should.\n'
