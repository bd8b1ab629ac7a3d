// Turn the knobs: the page's half of nb/play for trainings. Needs play.js.
(() => {
	"use strict";

	const { connect, make, svg, slider, speaker, open, thousands } = nnbookPlay;

	const ETAS = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.5, 1, 2, 3, 5, 10, 30, 100];
	const BATCHES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
	const EPOCHS = 30;
	const AT_FIRST = [ // the two networks of the book's chapter 5
		{ hidden: 15, eta: 3, batch: 10, init: "normal", seed: 0 },
		{ hidden: 15, eta: 3, batch: 10, init: "scaled", seed: 0 },
	];

	function knobs(root, port) {
		const say = connect(port, start, { begun: progress, count: progress, paused: progress, error: complain });
		let ui, drawing = 0;

		function start(ready) {
			const [heard, speak] = speaker();
			const columns = AT_FIRST.map((first, number) => column(number, first, ready));
			const chart = svg("svg", { viewBox: "0 0 640 330", role: "img", class: "nnplay-chart" });
			const table = make("table", {});
			const more = make("details", { ontoggle: show }, make("summary", {}, "All numbers"), table);
			const status = make("p", { class: "nnplay-status", role: "status" });
			ui = { columns, chart, table, more, status, speak };
			open(root, make("div", { class: "nnplay-columns" }, ...columns.map((c) => c.element)),
				make("p", { class: "nnplay-note" }, `Trained on ${thousands(ready.images)} images (${ready.source}). Test images recognised, in percent:`),
				chart, ...columns.map((c) => c.line), status, more, heard);
			show();
		}

		// column has the knobs of one run, and what it has reached.
		function column(number, first, ready) {
			const name = "AB"[number];
			const r = { name, state: "idle", n: 0, counts: [], untrained: null, of: ready.digits };
			const restart = () => begin(number);
			const hidden = slider("Hidden neurons", { min: 1, max: 100, value: first.hidden, change: restart });
			const eta = slider("Learning rate η", { list: ETAS, value: first.eta, change: restart });
			const batch = slider("Mini-batch", {
				list: BATCHES.filter((b) => b <= ready.images), value: first.batch,
				text: (v) => `${v} image${v > 1 ? "s" : ""}`, change: restart,
			});
			const seed = slider("Seed", { max: 20, value: first.seed, change: restart });
			const init = make("select", { onchange: restart },
				...[["normal", "variance 1"], ["scaled", "scaled, 1/n_in"]].map(([value, text]) =>
					make("option", { value, selected: value === first.init }, text)));
			r.knobs = () => ({ hidden: hidden.get(), eta: eta.get(), batch: batch.get(), init: init.value, seed: seed.get() });
			r.again = make("button", { type: "button", onclick: restart }, `Train ${name} from the start`);
			r.go = make("button", { type: "button", disabled: true, onclick: () => stopOrGoOn(number) }, `Stop ${name}`);
			r.text = make("span", {}, "not trained yet: move a knob, or press the button");
			r.line = make("p", { class: `nnplay-line nnplay-run-${name}` }, sample(number), make("strong", {}, `${name}: `), r.text);
			r.element = make("fieldset", { class: `nnplay-run-${name}` }, make("legend", {}, `Run ${name}`),
				make("div", { class: "nnplay-knobs" }, hidden.element, eta.element, batch.element,
					make("label", { class: "nnplay-slider" }, make("span", {}, "Initial weights"), init), seed.element),
				make("div", { class: "nnplay-row" }, r.again, r.go));
			return r;
		}

		const sample = (number) => svg("svg", { class: "nnplay-sample", viewBox: "0 0 44 10", "aria-hidden": "true" },
			svg("line", { x1: 2, x2: 42, y1: 5, y2: 5, class: `nnplay-curve-${"AB"[number]}` }));

		function begin(number) {
			const r = ui.columns[number];
			r.n = say({ kind: "train", run: number, epochs: EPOCHS, knobs: r.knobs() });
			Object.assign(r, { state: "trains", counts: [], untrained: null });
			show();
		}

		function stopOrGoOn(number) {
			const r = ui.columns[number];
			if (r.state === "trains") {
				say({ kind: "pause", run: number });
				r.state = "stops";
			} else {
				say({ kind: "continue", run: number, epochs: EPOCHS });
				r.state = "trains";
			}
			show();
		}

		function progress(m) {
			const r = ui?.columns[m.run];
			if (!r || m.n !== r.n) return; // of knobs as they were
			if (m.kind === "count") {
				if (m.epochs === 0) r.untrained = m.count;
				else r.counts[m.epochs - 1] = m.count;
			} else if (m.kind === "paused") {
				r.state = "paused";
				r.weights = m.weights;
				ui.speak(`Run ${r.name} has stopped. ${said(r)}`);
			}
			ui.status.textContent = "";
			show();
		}

		function complain(m) {
			if (ui) ui.status.textContent = m.text;
			else root.textContent = m.text;
		}

		// said is what a run has reached, in words: the last line of its transcript.
		function said(r) {
			const { hidden, eta, batch, init, seed } = r.knobs();
			const which = `${hidden} hidden, η = ${eta}, mini-batch ${batch}, ${init === "scaled" ? "scaled weights" : "weights of variance 1"}, seed ${seed}`;
			const last = r.counts.length - 1;
			if (last >= 0) return `Epoch ${last} : ${r.counts[last]} / ${r.of} (${which})`;
			return r.untrained === null ? `begins (${which})` : `untrained : ${r.untrained} / ${r.of} (${which})`;
		}

		// show draws all anew, once for all that comes between two frames.
		function show() {
			cancelAnimationFrame(drawing);
			drawing = requestAnimationFrame(() => {
				for (const r of ui.columns) {
					r.go.disabled = r.state === "idle" || r.state === "stops";
					r.go.textContent = r.state === "paused" ? `Continue ${r.name}` : r.state === "stops" ? "Stops after this epoch" : `Stop ${r.name}`;
					if (r.state !== "idle") r.text.textContent = said(r) + (r.state === "paused" ? `. Weights: SHA-256 ${r.weights.slice(0, 12)}…` : "");
				}
				showChart();
				if (ui.more.open) showTable();
			});
		}

		function showChart() {
			const all = ui.columns.flatMap((r) => r.counts.map((c) => 100 * c / r.of));
			const low = [95, 90, 80, 50].find((v) => Math.min(...all, 100) >= v && all.length) ?? 0;
			const epochs = Math.max(EPOCHS, ...ui.columns.map((r) => r.counts.length));
			const x = (epoch) => 46 + 560 * epoch / (epochs - 1), y = (percent) => 290 - 270 * (percent - low) / (100 - low);
			const text = (content, x, y, anchor) => svg("text", { x, y, "text-anchor": anchor }, content);
			const parts = [];
			for (let i = 0; i <= 5; i++) {
				const percent = low + (100 - low) * i / 5;
				parts.push(svg("line", { class: "nnplay-grid", x1: x(0), x2: x(epochs - 1), y1: y(percent), y2: y(percent) }),
					text(`${percent}`, 38, y(percent) + 5, "end"));
			}
			const tick = [1, 5, 10, 20, 50, 100, 500].find((t) => epochs / t <= 8) ?? 1000;
			for (let epoch = 0; epoch < epochs; epoch += tick) parts.push(text(`${epoch}`, x(epoch), 308, "middle"));
			parts.push(text("epoch", x((epochs - 1) / 2), 326, "middle"));
			const [lastA, lastB] = ui.columns.map((r) => r.counts.at(-1));
			for (const r of ui.columns) {
				if (!r.counts.length) continue;
				const lower = (r.name === "A") === lastA < lastB; // its name stands below the curve
				const points = r.counts.map((c, epoch) => [x(epoch), y(100 * c / r.of)]), [endX, endY] = points.at(-1);
				parts.push(svg("polyline", { class: `nnplay-curve-${r.name}`, points: points.map((p) => p.map((v) => v.toFixed(1)).join(",")).join(" ") }),
					svg("circle", { class: `nnplay-end-${r.name}`, cx: endX, cy: endY, r: 4 }),
					text(r.name, endX + 4, endY + (lower ? 20 : -9), "start"));
			}
			ui.chart.replaceChildren(...parts);
			ui.chart.setAttribute("aria-label", `Test images recognised after each epoch. ${ui.columns.map((r) => `${r.name}: ${r.text.textContent}`).join(". ")}`);
		}

		function showTable() {
			const rows = Math.max(0, ...ui.columns.map((r) => r.counts.length));
			const cells = (tag, ...texts) => texts.map((t, i) => make(i ? tag : "th", { scope: tag === "th" ? "col" : i ? false : "row" }, t));
			ui.table.replaceChildren(make("thead", {}, make("tr", {}, ...cells("th", "epoch", "A", "B"))),
				make("tbody", {}, ...Array.from({ length: rows }, (_, epoch) =>
					make("tr", {}, ...cells("td", String(epoch), ...ui.columns.map((r) => String(r.counts[epoch] ?? "")))))));
		}
	}

	nnbookPlay.knobs = knobs;
})();
