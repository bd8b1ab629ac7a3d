// Says, before all else of the lab, what this browser lacks for it, and leads to the page to read. An old
// browser must understand it: no module, no syntax that is younger than workers.
(function () {
	var here = document.currentScript.src;
	var told = false;

	function tell(why) {
		if (told) return;
		told = true;
		var chapter = /[?&]path=([^&#]*)/.exec(location.search);
		var name = chapter ? decodeURIComponent(chapter[1]).split("/").pop().replace(/\.ipynb$/, ".html") : "";
		var page = /^[0-9a-z-]+\.html$/.test(name) ? name : "index.html";
		var box = document.createElement("div");
		box.id = "nnbook-check";
		box.setAttribute("role", "alert");
		box.style.cssText = "position: fixed; z-index: 100000; top: 0; left: 0; right: 0; padding: 16px 20px; background: #fff8e1; color: #222; "
			+ "border-bottom: 2px solid #b26a00; font: 16px/1.5 sans-serif";
		box.appendChild(document.createTextNode("Cells cannot run in this window: " + why + " "));
		var link = document.createElement("a");
		link.href = new URL("../../../../" + page, here).href;
		link.style.cssText = "color: #0b57d0";
		link.appendChild(document.createTextNode(name && page === name ? "Read this chapter instead." : "Read the book instead."));
		box.appendChild(link);
		(function show() {
			if (document.body) document.body.appendChild(box);
			else setTimeout(show, 50);
		})();
	}

	if (typeof WebAssembly !== "object" || !WebAssembly.compileStreaming) return tell("the browser has no WebAssembly, or it is switched off.");
	if (typeof DecompressionStream === "undefined" || !("noModule" in document.createElement("script"))) return tell("the browser is too old; one of the last three years will do.");
	var blocked = "the browser does not let the page start its workers (a setting, an add-on or the server may forbid it).";
	try {
		var probe = new Worker(new URL("probe.js", here).href, { type: "module" });
		probe.onmessage = function () { probe.terminate(); };
		probe.onerror = function (event) {
			event.preventDefault();
			if (navigator.onLine !== false) tell(blocked);
		};
	} catch (error) {
		tell(blocked);
	}
})();
