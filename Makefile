# What a newcomer types: `make run`, `make test`. Both install what the system lacks.

SWIFT ?= swift
PREFIX ?= /usr/local
DEBUG := .build/debug
RELEASE := .build/release
# Each test target runs in a process of its own, and those of SERIAL_TESTS one test after another: the core's block or spin
# every thread that there is, the Redis client's start dozens of servers, with more open files than one process may have, and the
# server's start programs and fuzz beside tests that wait for a connection to end.
# For the same reason each topology of Redis has a process of its own.
SERIAL_TESTS := OnCueTests RedisWireTests OnCueServerTests
TEST_TARGETS := OnCueSQLiteTests OnCueRemoteTests OnCuePrometheusTests OnCueHandlersTests OnCueCommandTests PlaybookTests
RUN_TESTS := SWIFT="$(SWIFT)" FAILURES=.build/failures.txt Tests/run.sh

.PHONY: run test bench lint format docs install setup test-setup clean

run: setup
	$(SWIFT) build --product oncue
	@echo
	@echo "OnCue works on ./oncue.db with the handlers of Examples/handlers.yaml, and answers on http://127.0.0.1:8080."
	@echo "Ctrl-C ends it."
	@echo "In another shell, in this folder, try:"
	@echo
	@echo "    $(DEBUG)/oncue submit report.wordcount '\"durable jobs for Swift\"' --wait"
	@echo "    $(DEBUG)/oncue submit file.compress '\"README.md\"' --wait && ls -l compressed/"
	@echo "    $(DEBUG)/oncue submit sleep '\"3s\"' --delay 5s --priority high"
	@echo "    $(DEBUG)/oncue jobs list        $(DEBUG)/oncue stats        $(DEBUG)/oncue doctor"
	@echo
	$(DEBUG)/oncue serve --handlers Examples/handlers.yaml

# All of them run whatever fails; what did is said again at the end.
test: setup test-setup
	$(SWIFT) build --build-tests
	@rm -f .build/failures.txt
	@for target in $(SERIAL_TESTS); do $(RUN_TESTS) --no-parallel --filter "^$$target\."; done
	@for target in $(TEST_TARGETS); do $(RUN_TESTS) --filter "^$$target\."; done
	@$(RUN_TESTS) --filter "^OnCueRedisTests\." --skip ConformanceTests
	@for topology in keepsTheContract keepsTheContractBehindSentinels keepsTheContractOnACluster; do \
		$(RUN_TESTS) --filter "^OnCueRedisTests\.ConformanceTests/$$topology\("; \
	done
	@if [ -e .build/failures.txt ]; then echo "== What failed"; cat .build/failures.txt; exit 1; fi

bench: setup
	$(SWIFT) build -c release --product oncue
	$(SWIFT) build -c release --product Benchmarks
	$(RELEASE)/Benchmarks --oncue $(RELEASE)/oncue

lint:
	$(SWIFT) format lint --strict --recursive --parallel Sources Tests Examples Benchmarks Package.swift

format:
	$(SWIFT) format --in-place --recursive --parallel Sources Tests Examples Benchmarks Package.swift

docs: setup
	@mkdir -p docs/api
	@for target in OnCue OnCueSQLite OnCueRedis RedisWire OnCueServer OnCueRemote OnCueHandlers OnCueTesting; do \
		$(SWIFT) package --allow-writing-to-directory docs/api generate-documentation \
			--target $$target --output-path docs/api/$$target --transform-for-static-hosting \
			--hosting-base-path $$target || exit 1; \
	done

install: setup
	$(SWIFT) build -c release --product oncue
	install -d "$(DESTDIR)$(PREFIX)/bin"
	install -m 0755 $(RELEASE)/oncue "$(DESTDIR)$(PREFIX)/bin/oncue"

# The one thing below Swift that OnCue needs: SQLite's header and library. macOS has them.
setup:
	@command -v $(SWIFT) >/dev/null || { echo "Swift 6.3 or later is needed: https://www.swift.org/install" >&2; exit 1; }
	@if [ "$$(uname)" = Linux ] && [ ! -e /usr/include/sqlite3.h ]; then \
		as_root=""; [ "$$(id -u)" = 0 ] || as_root=sudo; \
		if command -v apt-get >/dev/null; then $$as_root apt-get update -q && $$as_root apt-get install -y -q libsqlite3-dev; \
		elif command -v dnf >/dev/null; then $$as_root dnf install -y sqlite-devel; \
		elif command -v apk >/dev/null; then $$as_root apk add sqlite-dev; \
		else echo "install SQLite's development package (sqlite3.h), then try again" >&2; exit 1; fi; \
	fi

# What the tests need besides: a real Redis, which they start and stop by themselves, and what the clients and workers in other
# languages are written in. Programs for node are left out where there is none.
test-setup:
	@missing=""; for program in redis-server python3 curl openssl; do \
		command -v $$program >/dev/null || missing="$$missing $$program"; done; \
	[ -n "$$missing" ] || exit 0; \
	as_root=""; [ "$$(id -u)" = 0 ] || as_root=sudo; \
	if command -v apt-get >/dev/null; then $$as_root apt-get update -q && $$as_root apt-get install -y -q $$missing; \
	else set -- $$(echo $$missing | sed 's/redis-server/redis/'); \
		if command -v dnf >/dev/null; then $$as_root dnf install -y "$$@"; \
		elif command -v apk >/dev/null; then $$as_root apk add "$$@"; \
		elif command -v brew >/dev/null; then brew install "$$@"; \
		else echo "install$$missing, then try again" >&2; exit 1; fi; fi

clean:
	rm -rf .build docs/api
