#!/bin/sh
# A worker for OnCue in shell: one job name, one command, one job at a time. It needs curl, awk and base64.
#
#     sh worker.sh report.wordcount wc -w
#
# The payload is the command's standard input, byte for byte; its standard output is the job's output. Exit 0 completes the
# job, 65 means that trying again is of no use, anything else is a failure that is tried again.
# ONCUE_SERVER says where (http://127.0.0.1:8080), ONCUE_API_KEY with which key, ONCUE_QUEUES which queues, such as
# urgent,default (every one), ONCUE_LEASE after how many seconds of silence the job goes to others (30).
# SIGTERM and SIGINT stop the command and hand the job back. The protocol: docs/WORKERS.md.

set -u
[ $# -ge 2 ] || { sed -n '2,11s/^# \{0,1\}//p' "$0" >&2; exit 64; }
name=$1; shift
api="${ONCUE_SERVER:-http://127.0.0.1:8080}/api/v1"
lease=${ONCUE_LEASE:-30}
# Texts are bytes here: a payload goes through as it is.
LC_ALL=C; export LC_ALL
work=$(mktemp -d) || exit 1

say() { echo "$(date +%H:%M:%S) $*" >&2; }

# The key stands in a file of our own, not among the arguments that everybody on the machine can read.
(umask 077; : >"$work/curl"; [ -z "${ONCUE_API_KEY:-}" ] || printf 'header = "X-API-Key: %s"\n' "$ONCUE_API_KEY" >"$work/curl")

# call METHOD PATH FILE [BODY]: the answer goes to FILE, its status to standard output; 000 when there was none.
call() {
    curl -s -K "$work/curl" -X "$1" -o "$3" -w '%{http_code}' --max-time 60 -H 'Content-Type: application/json' \
        ${4:+--data-binary "$4"} "$api$2" || true
}

# value FILE DEPTH KEY: the JSON of a key as it stands, of the first object that is so deep within the others.
value() {
    awk -v depth="$2" -v key="\"$3\"" '
        { text = text (NR > 1 ? "\n" : "") $0 }
        END {
            for (at = 1; at <= length(text); at++) {
                c = substr(text, at, 1)
                if (quoted) {
                    if (c == "\\") at++
                    else if (c == "\"") { quoted = 0; last = substr(text, start, at - start + 1) }
                } else if (c == "\"") { quoted = 1; start = at }
                else if (c == "{" || c == "[") level++
                else if (c == "}" || c == "]") {
                    level--
                    if (found && level < depth) break
                } else if (c == "," && found && level == depth) break
                else if (c == ":" && !found && level == depth && last == key) { found = at + 1 }
            }
            if (found) printf "%s", substr(text, found, at - found)
        }' "$1"
}

text() { value "$@" | sed 's/^"//; s/"$//'; }

# --- The session ----------------------------------------------------------------------------------------------------

queues=$(printf '%s' "${ONCUE_QUEUES:-}" | sed 's/[^,]\{1,\}/"&"/g')
printf '{"names":["%s"],"queues":[%s],"lease":"%ss","host":"%s","pid":%s,"version":"worker.sh 1"}' \
    "$name" "$queues" "$lease" "$(uname -n)" $$ >"$work/opening"
session= claimer= command= beats= sequence=0

open() {
    until [ "$(call POST /sessions "$work/session" "@$work/opening")" = 201 ]; do
        say "no session: $(cat "$work/session" 2>/dev/null)"
        pause 1
    done
    session=$(text "$work/session" 1 id)
    sequence=0
    rm -f "$work/fenced"
    say "session $session"
}

# Renews the session as long as this worker lives; stops the command when its job is cancelled or lost.
heartbeats() {
    while sleep "$(awk -v lease="$lease" 'BEGIN { print lease / 3 }')" && kill -0 $$ 2>/dev/null; do
        session=$(text "$work/session" 1 id)
        case $(call POST "/sessions/$session/renew" "$work/news") in
        200)
            job=$(cat "$work/running" 2>/dev/null)
            [ -z "$job" ] || case $(value "$work/news" 1 cancel) in *"$job"*) end_command ;; esac
            [ "$(value "$work/news" 1 stop)" != true ] || kill -TERM $$
            ;;
        410) : >"$work/fenced"; end_command ;;
        esac
    done
}

end_command() { [ ! -s "$work/pid" ] || kill -TERM "$(cat "$work/pid")" 2>/dev/null; }

# Sleeps so that a signal is heard at once.
pause() { sleep "$1" & wait $!; }

finish() {
    trap '' TERM INT
    [ -z "$beats" ] || kill "$beats" 2>/dev/null
    [ -z "$claimer" ] || kill "$claimer" 2>/dev/null
    end_command
    # What the session holds goes back to its queue, unspent.
    [ -z "$session" ] || call DELETE "/sessions/$session" /dev/null >/dev/null
    rm -rf "$work"
    say "closed"
    exit 0
}
trap finish TERM INT

# --- Jobs -----------------------------------------------------------------------------------------------------------

# settle FIELDS: again with the same sequence until there is an answer, which makes that safe.
settle() {
    printf '{"sequence":%s,"results":[{"id":"%s","token":"%s",%s}]}' \
        "$((sequence + 1))" "$id" "$token" "$1" >"$work/result"
    while :; do
        status=$(call POST "/sessions/$session/settle" "$work/answer" "@$work/result")
        case $status in
        200) sequence=$((sequence + 1)); say "$id: $(text "$work/answer" 3 status)"; return ;;
        410) : >"$work/fenced"; return ;;
        000|408|429|5*) pause 1 ;;
        *) say "refused: $(cat "$work/answer")"; return ;;
        esac
    done
}

perform() {
    id=$(text "$work/claim" 3 id) token=$(text "$work/claim" 3 token)
    say "runs $name $id, attempt $(value "$work/claim" 3 attempt)"
    value "$work/claim" 3 payload >"$work/payload"
    [ -s "$work/payload" ] || text "$work/claim" 3 payload_base64 | base64 -d >"$work/payload"
    printf %s "$id" >"$work/running"
    ONCUE_JOB_ID=$id "$@" <"$work/payload" >"$work/output" 2>"$work/errors" &
    command=$!
    printf %s "$command" >"$work/pid"
    wait "$command"
    status=$?
    rm -f "$work/pid" "$work/running"
    errors=$(tail -n 5 "$work/errors" | tr '\n' ' ' | tr -cd '\040-\176' | sed 's/\\/\\\\/g; s/"/\\"/g')
    case $status in
    0) settle "\"outcome\":\"completed\",\"output_base64\":\"$(base64 <"$work/output" | tr -d '\n')\"" ;;
    65) settle "\"outcome\":\"failed\",\"permanent\":true,\"error\":\"exit status 65: $errors\"" ;;
    *) settle "\"outcome\":\"failed\",\"error\":\"exit status $status: $errors\"" ;;
    esac
}

open
heartbeats &
beats=$!
while :; do
    [ ! -e "$work/fenced" ] || open
    printf '{"wait":"20s","settled":%s}' "$sequence" >"$work/request"
    call POST "/sessions/$session/claim" "$work/claim" "@$work/request" >"$work/status" &
    claimer=$!
    wait "$claimer"
    claimer=
    case $(cat "$work/status") in
    200)
        if [ "$(value "$work/claim" 1 count)" = 1 ]; then perform "$@"
        elif [ "$(value "$work/claim" 1 quiet)" = true ]; then pause 2
        fi
        ;;
    410) : >"$work/fenced" ;;
    000)
        # Claimed jobs may be ours although the answer was lost.
        pause 1
        if [ "$(call GET "/sessions/$session/held" "$work/claim")" = 200 ] &&
            [ "$(value "$work/claim" 1 count)" = 1 ]; then perform "$@"; fi
        ;;
    *) say "no claim: $(cat "$work/claim")"; pause 1 ;;
    esac
done
