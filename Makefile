# seqeval: `make`, `make run`, `make test`, `make lint`; see README.md.
BUILD ?= build
PREFIX ?= /usr/local
PKG_CONFIG ?= pkg-config
PKGS = libcjson libpcre2-8 sqlite3 zlib libcrypto libexttextcat

# Where the language fingerprints of libexttextcat lie.
TEXTCAT_DIR = $(shell $(PKG_CONFIG) --variable=pkgdatadir libexttextcat)

CFLAGS ?= -O2 -g
WARN = -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes \
       -Wmissing-prototypes -Wold-style-definition -Wwrite-strings -Wundef \
       -Wvla -Wformat=2 -Wconversion -Wno-sign-conversion
ALL_CFLAGS = -std=c11 -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64 \
             -Isrc -Iinclude -MMD -MP -fPIC $(WARN) $(if $(WERROR),-Werror) \
             -DSQ_PREFIX='"$(PREFIX)"' -DSQ_TEXTCAT_DIR='"$(TEXTCAT_DIR)"' \
             $(shell $(PKG_CONFIG) --cflags $(PKGS)) $(CFLAGS) $(SANITIZE_FLAGS)
LIBS = $(shell $(PKG_CONFIG) --libs $(PKGS)) -lm -ldl

# SANITIZE=address,undefined builds everything with the sanitizers.
ifdef SANITIZE
SANITIZE_FLAGS = -fsanitize=$(SANITIZE) -fno-omit-frame-pointer \
                 -fno-sanitize-recover=all
endif

MODULE_SRC = src/engine/http.c
LIB_SRC = $(filter-out $(MODULE_SRC),$(wildcard src/*/*.c))
LIB_OBJ = $(LIB_SRC:%.c=$(BUILD)/%.o)
UNIT_SRC = $(wildcard tests/unit/test_*.c)
UNIT_BIN = $(UNIT_SRC:tests/unit/%.c=$(BUILD)/tests/%)

all: $(BUILD)/seqeval $(if $(wildcard $(MODULE_SRC)),$(BUILD)/http.so)

$(BUILD)/seqeval: $(BUILD)/src/main.o $(BUILD)/libseqeval.a
	$(CC) $(CFLAGS) $(SANITIZE_FLAGS) $(LDFLAGS) -rdynamic -o $@ $^ $(LIBS)

$(BUILD)/libseqeval.a: $(LIB_OBJ)
	rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/http.so: $(BUILD)/src/engine/http.o
	$(CC) $(CFLAGS) $(SANITIZE_FLAGS) $(LDFLAGS) -shared -o $@ $^ \
	    $(shell $(PKG_CONFIG) --libs libcurl)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

$(BUILD)/tests/%: $(BUILD)/tests/unit/%.o $(BUILD)/libseqeval.a
	$(CC) $(CFLAGS) $(SANITIZE_FLAGS) $(LDFLAGS) -o $@ $^ -lcmocka $(LIBS)

unit: $(UNIT_BIN)

clean:
	rm -rf $(BUILD)

.SECONDARY:
.PHONY: all unit clean
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
