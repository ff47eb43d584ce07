# Installing below PREFIX, and DESTDIR if given.
DEST = $(DESTDIR)$(PREFIX)
install: all ## install into PREFIX (/usr/local), below DESTDIR if given
	install -d $(DEST)/bin $(DEST)/lib/seqeval $(DEST)/share/seqeval \
	    $(DEST)/share/man/man1 $(DEST)/share/doc/seqeval
	install -m 755 $(BUILD)/seqeval $(DEST)/bin/seqeval
	install -m 644 $(MODULES) $(DEST)/lib/seqeval
	$(LLAMA_INSTALL)
	$(if $(HELPER),install -m 755 $(HELPER) $(DEST)/lib/seqeval)
	install -m 644 $(BUILD)/seqeval.1 $(DEST)/share/man/man1
	install -m 644 README.md CONTRIBUTING.md LICENSE \
	    $(DEST)/share/doc/seqeval
	rm -rf $(foreach d,benchmarks judges models,$(DEST)/share/seqeval/$(d))
	cp -R benchmarks judges models $(DEST)/share/seqeval
	chmod -R u=rwX,go=rX $(DEST)/share/seqeval

uninstall: ## remove what install put there
	rm -rf $(DEST)/bin/seqeval $(DEST)/lib/seqeval $(DEST)/share/seqeval \
	    $(DEST)/share/man/man1/seqeval.1 $(DEST)/share/doc/seqeval
