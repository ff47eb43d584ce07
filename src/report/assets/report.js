"use strict";
// What of a report needs a script: its charts, and the samples. All that comes
// from models and data is set as text, never as markup.
(() => {
const begun = performance.now();
const data = JSON.parse(document.getElementById("data").textContent);
const root = document.documentElement;
const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();
const signs = {pass: "\u2713", fail: "\u2717"};
const sign = (state) => signs[state] || "\u2013";

// make("p", {class: "x"}, child...): an element; a child is one, or text.
function make(tag, attributes, ...children) {
    const e = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {}))
        if (value !== null && value !== undefined) e.setAttribute(name, value);
    e.append(...children.filter((c) => c !== null && c !== undefined));
    return e;
}

// ---- charts ---------------------------------------------------------------
const palette = ["#0969da", "#d4690e", "#2f8132", "#9a4fd0", "#c02d52", "#13808a",
                 "#8a6d00", "#5b6b7a"];
const shades = {pass: "#3fa65c", fail: "#d1495b", unparsable: "#e3a008",
    unsupported: "#c77d0a", error: "#a16207", truncated: "#8a6d3b",
    refused: "#b07d62", unanswerable: "#8b949e", not_judged: "#b1bac4",
    not_run: "#d0d7de"};

// A 95% interval at the end of each bar, or around each point.
const whiskers = {
    id: "whiskers",
    afterDatasetsDraw(chart) {
        const ctx = chart.ctx;
        ctx.save();
        ctx.strokeStyle = colour("--ink");
        ctx.lineWidth = 1.25;
        chart.data.datasets.forEach((set, i) => {
            const meta = chart.getDatasetMeta(i);
            if (meta.hidden || !set.lo) return;
            meta.data.forEach((el, k) => {
                if (set.lo[k] === null || set.data[k] === null) return;
                const a = chart.scales.y.getPixelForValue(set.lo[k]);
                const b = chart.scales.y.getPixelForValue(set.hi[k]);
                ctx.beginPath();
                ctx.moveTo(el.x, a);
                ctx.lineTo(el.x, b);
                ctx.moveTo(el.x - 3, a);
                ctx.lineTo(el.x + 3, a);
                ctx.moveTo(el.x - 3, b);
                ctx.lineTo(el.x + 3, b);
                ctx.stroke();
            });
        });
        ctx.restore();
    },
};

// A long name keeps its two ends, but for what all runs' names have in common.
const most = 24;
const cut = (name) => name.length > most ? name.slice(0, 12) + "\u2026" + name.slice(-11) : name;
const shorter = (() => {
    const names = data.runs.map((r) => r.label);
    const least = Math.min(...names.map((n) => n.length));
    const same = (at) => names.every((n) => n.at(at) === names[0].at(at));
    let head = 0, tail = 0;
    while (head < least && same(head)) head++;
    while (tail < least - head && same(-1 - tail)) tail++;
    const inner = (n) => (head ? "\u2026" : "") + n.slice(head, n.length - tail) +
        (tail ? "\u2026" : "");
    const long = names.length > 1 && names.some((n) => n.length > most);
    const found = names.map((n) => cut(long ? inner(n) : n));
    const clear = new Set(found).size === names.length;
    return new Map(names.map((n, i) => [n, clear ? found[i] : `${i + 1}: ${found[i]}`]));
})();
const short = (name) => shorter.get(name) || cut(name);

function draw(figure, spec) {
    const ink = colour("--ink"), line = colour("--line");
    const canvas = make("canvas", {role: "img",
        "aria-label": spec.title + "; the figures are in the table"});
    figure.append(make("div", null, canvas));
    const stacked = spec.kind === "stack";
    const axis = (extra) => Object.assign({ticks: {color: ink}, grid: {color: line},
                                           stacked}, extra);
    new Chart(canvas, {
        type: spec.kind === "line" ? "line" : "bar",
        plugins: [whiskers],
        data: {
            labels: spec.labels.map(short),
            datasets: spec.series.map((s) => ({
                label: short(s.name), data: s.values, lo: s.lo, hi: s.hi,
                borderColor: palette[s.colour % palette.length],
                backgroundColor: stacked ? shades[s.name] : palette[s.colour % palette.length],
            })),
        },
        options: {
            indexAxis: stacked ? "y" : "x", animation: false, responsive: true, maintainAspectRatio: false,
            plugins: {legend: {labels: {color: ink}}},
            scales: {x: axis(), y: axis(stacked ? {} : {min: spec.min, max: spec.max})},
        },
    });
}

function charts() {
    if (typeof Chart === "undefined") return;
    const waiting = new Set();
    const once = (figure) => {
        drawn.unobserve(figure);
        if (waiting.delete(figure)) draw(figure, data.charts[figure.dataset.chart]);
    };
    const drawn = new IntersectionObserver((entries) => {
        for (const e of entries) if (e.isIntersecting) once(e.target);
    }, {rootMargin: "200px"});
    // Paper shows what nobody has scrolled to.
    addEventListener("beforeprint", () => [...waiting].forEach(once));
    document.querySelectorAll("[data-charts]").forEach((place) => {
        for (const i of place.dataset.charts.split(" ").filter((x) => x)) {
            const spec = data.charts[i];
            const wide = spec.kind === "stack" ||
                (spec.kind === "bar" && spec.labels.length * spec.series.length > 12);
            const figure = make("figure", {"data-chart": i, class: wide ? "wide" : null},
                                make("figcaption", null, spec.title));
            place.append(figure);
            waiting.add(figure);
            drawn.observe(figure);
        }
    });
}

// ---- one sample -----------------------------------------------------------
// The first place of each evidence in the response, as [from, to, step].
function places(text, scores) {
    const found = [];
    for (const s of scores) {
        const at = s.evidence ? text.indexOf(s.evidence) : -1;
        if (at >= 0) found.push([at, at + s.evidence.length, s.step]);
    }
    return found;
}

// Text with spans marked, which may overlap; wrap(piece, steps) makes the mark.
function marked(text, spans, wrap) {
    const cuts = [...new Set([0, text.length, ...spans.flatMap((s) => [s[0], s[1]])])]
        .sort((a, b) => a - b);
    return cuts.slice(1).map((to, i) => {
        const piece = text.slice(cuts[i], to);
        const steps = spans.filter((s) => s[0] <= cuts[i] && s[1] >= to).map((s) => s[2]);
        return steps.length ? wrap(piece, steps) : piece;
    });
}

function chip(state, text) {
    return make("span", {class: "chip " + state}, sign(state) + " " + (text || state));
}

function stepTable(sample, answer) {
    const body = make("tbody");
    for (const s of answer.scores) {
        const step = sample.steps[s.step];
        body.append(make("tr", {"data-step": s.step},
            make("td", {class: "n"}, String(s.step + 1)),
            make("td", null, step.kind + (step.depends.length
                ? " (builds on " + step.depends.map((d) => d + 1).join(", ") + ")" : "")),
            make("td", null, chip(s.state), s.grader ? " " + s.grader : ""),
            make("td", null, s.judge === null ? "" : s.judge ? "done" : "not done"),
            make("td", {class: "why"}, s.why),
            make("td", null, s.evidence ? "\u201c" + s.evidence + "\u201d" : "")));
    }
    const head = ["step", "kind", "state", "judge", "why", "evidence"];
    return make("div", {class: "scroll"}, make("table", null,
        make("caption", null, "Steps"),
        make("thead", null, make("tr", null,
            ...head.map((h) => make("th", {scope: "col", class: h === "step" ? "n" : null}, h)))), body));
}

function answerView(sample, answer, several) {
    const first = {};
    for (const s of answer.scores) if (!(s.step in first)) first[s.step] = s;
    const tip = make("p", {class: "tip", "aria-live": "polite"},
                     "Point at a step, or move to it with Tab, to see its rule and evidence.");
    const spans = sample.steps.map((s, i) => [s.start, s.end, i]).filter((s) => s[1]);
    const query = marked(sample.query, spans, (piece, steps) => {
        const i = steps[0], s = first[i];
        return make("span", {class: "step " + (s ? s.state : "not_run"), tabindex: "0",
            "data-step": i, "aria-label":
            `step ${i + 1}, ${s ? s.state : "not run"}: ${piece}`}, piece);
    });
    const response = marked(answer.text, places(answer.text, answer.scores),
        (piece, steps) => make("mark", {"data-step": steps.join(" ")}, piece));
    const facts = [answer.error, answer.ms ? answer.ms + " ms" : null,
                   answer.tokens === null ? null : answer.tokens + " tokens"]
        .filter((x) => x);
    const view = make("div", {class: "answer"},
        make("h4", null, (several ? data.runs[answer.run].label : "Response") +
             (answer.epoch > 1 ? ", epoch " + answer.epoch : "") + " ",
             answer.state === "pass" ? null : chip(answer.state)),
        make("p", {class: "note"}, facts.join(" \u00b7 ")),
        answer.attack ? make("p", {class: "bad"}, "Talks to the judge: " + answer.attack) : null,
        make("div", {class: "text", role: "group", "aria-label": "query"}, ...query),
        tip,
        make("div", {class: "text", role: "group", "aria-label": "response"},
             ...(answer.text ? response : [make("em", null, "(no text)")])),
        answer.scores.length ? stepTable(sample, answer) : null,
        ...answer.verdicts.map((v) => make("p", null,
            make("strong", null, v.template + (v.judge ? ", " + v.judge : "") + ": "), v.found + (v.why ? " \u2014 " + v.why : ""))));
    const light = (event) => {
        const at = event.target.closest(".step");
        if (!at) return;
        const i = at.dataset.step, s = first[i], rules = sample.steps[i].rules;
        tip.textContent = `Step ${Number(i) + 1}: ${s ? s.state : "not run"}.` +
            (rules ? " Rule: " + rules : "") + (s && s.why ? " " + s.why : "") +
            (s && s.evidence ? ` Evidence: \u201c${s.evidence}\u201d` : "");
        view.querySelectorAll(".lit").forEach((e) => e.classList.remove("lit"));
        view.querySelectorAll(`[data-step~="${i}"]`).forEach((e) => e.classList.add("lit"));
    };
    view.addEventListener("pointerover", light);
    view.addEventListener("focusin", light);
    return view;
}

// ---- the list of samples --------------------------------------------------
const rows = [];

function summaryChips(sample) {
    return sample.answers.map((a) => {
        const decided = a.scores.filter((s) => s.state === "pass" || s.state === "fail");
        const pass = decided.filter((s) => s.state === "pass").length;
        const name = data.runs.length > 1 ? short(data.runs[a.run].label) + " " : "";
        if (!decided.length) return chip(a.state === "pass" ? "not_judged" : a.state,
                                         name + (a.state === "pass" ? "answered" : a.state));
        return chip(pass === decided.length ? "pass" : "fail",
                    `${name}${pass}/${decided.length}`);
    });
}

function listSamples() {
    const list = document.getElementById("samples");
    const all = document.createDocumentFragment();
    data.suites.forEach((suite) => suite.samples.forEach((sample) => {
        const scores = sample.answers.flatMap((a) => a.scores);
        const states = new Set(sample.answers.flatMap((a) => a.scores.length
            ? a.scores.map((s) => s.state) : [a.state]));
        const details = make("details", {class: "sample"}, make("summary", null,
            make("span", {class: "id"},
                 (data.suites.length > 1 ? suite.label + " " : "") + sample.id),
            make("span", {class: "facets"}, sample.facets), ...summaryChips(sample)));
        details.addEventListener("toggle", () => {
            if (details.open && details.children.length === 1)
                details.append(...sample.answers.map((a) =>
                    answerView(sample, a, data.runs.length > 1)));
        });
        const outcome = new Set(sample.answers.map((a) =>
            a.state + a.scores.map((s) => s.state).join()));
        rows.push({details, suite: suite.label, states,
            kinds: new Set(sample.steps.map((s) => s.kind)),
            // "fail" and "list" together mean a list that failed
            both: new Set(scores.map((s) => s.state + " " + sample.steps[s.step].kind)),
            facets: new Set(sample.facets.split(",")), differs: outcome.size > 1,
            text: [sample.id, sample.query, ...sample.answers.map((a) => a.text)]
                .join("\n").toLowerCase()});
        all.append(details);
    }));
    list.append(all);
}

const form = document.getElementById("filter");
const fields = ["suite", "state", "kind", "facet", "text", "differ"];

function fill(name, values) {
    const select = form.elements[name];
    select.append(...[...new Set(values)].filter((v) => v).sort()
        .map((v) => make("option", {value: v}, v)));
    if (select.options.length < 2) select.parentElement.hidden = true;
}

function fits(row, want) {
    return (!want.suite || row.suite === want.suite) &&
        (!want.state || (want.kind ? row.both.has(want.state + " " + want.kind)
                                   : row.states.has(want.state))) &&
        (!want.kind || row.kinds.has(want.kind)) &&
        (!want.facet || row.facets.has(want.facet)) &&
        (!want.differ || row.differs) &&
        (!want.text || row.text.includes(want.text.toLowerCase()));
}

function filter() {
    const from = performance.now(), want = {};
    for (const f of fields)
        want[f] = f === "differ" ? form.elements[f].checked : form.elements[f].value;
    let shown = 0;
    for (const row of rows) {
        const fit = fits(row, want);
        row.details.hidden = !fit;
        shown += fit;
    }
    document.getElementById("shown").textContent = `${shown} of ${rows.length} samples`;
    root.dataset.shown = shown;
    root.dataset.filterMs = (performance.now() - from).toFixed(1);
}

// #state=fail&kind=list&open=1 in the address sets the filter.
function fromAddress() {
    const params = new URLSearchParams(location.hash.slice(1));
    for (const f of fields) {
        if (!params.has(f)) continue;
        if (f === "differ") form.elements[f].checked = true;
        else form.elements[f].value = params.get(f);
    }
    filter();
    const open = Number(params.get("open")) || 0;
    rows.filter((r) => !r.details.hidden).slice(0, open)
        .forEach((r) => { r.details.open = true; });
}

listSamples();
fill("suite", rows.map((r) => r.suite));
fill("state", rows.flatMap((r) => [...r.states]));
fill("kind", rows.flatMap((r) => [...r.kinds]));
fill("facet", rows.flatMap((r) => [...r.facets]));
form.elements.differ.parentElement.hidden = data.runs.length < 2;
form.addEventListener("input", filter);
form.addEventListener("reset", () => setTimeout(filter));
form.hidden = false;
fromAddress();
addEventListener("hashchange", fromAddress);
charts();
root.dataset.openMs = (performance.now() - begun).toFixed(1);
})();
