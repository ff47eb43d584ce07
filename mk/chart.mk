# Chart.js, for the charts of report pages; without it they have tables alone.
# CHART_JS names a file of it (a minified script that sets Chart, version 3 or
# 4), CHART_LICENCE the text of its licence; else Debian's libjs-chart.js is
# taken. CHART_JS=none builds without.
CHART_JS ?= $(firstword $(wildcard /usr/share/javascript/chart.js/chart.min.js))
CHART_LICENCE ?= $(firstword $(wildcard \
                     /usr/share/doc/libjs-chart.js/copyright))
ifeq ($(and $(filter-out none,$(CHART_JS)),$(CHART_LICENCE)),)
CHARTS = charts - charts_licence -
else
CHARTS = charts $(CHART_JS) charts_licence $(CHART_LICENCE)
endif

ASSETS = src/report/assets/report.css src/report/assets/report.js
$(BUILD)/assets.c: $(ASSETS) mk/assets.sh $(filter-out none -,$(filter /%,$(CHARTS))) $(BUILD)/charts
	@mkdir -p $(@D)
	$(call say,GEN)sh mk/assets.sh style src/report/assets/report.css \
	    script src/report/assets/report.js $(CHARTS) >$@

# Made again when another library is found.
$(BUILD)/charts: FORCE
	@mkdir -p $(@D)
	@echo '$(CHARTS)' | cmp -s - $@ || echo '$(CHARTS)' >$@

$(BUILD)/assets.o: $(BUILD)/assets.c $(BUILD)/flags
	$(call say,CC)$(CC) $(ALL_CFLAGS) -c -o $@ $<
