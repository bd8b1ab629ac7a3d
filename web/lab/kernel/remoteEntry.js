// What JupyterLab loads of an extension: a container of module federation, by hand, as there is one
// module and nothing to bundle.
(() => {
	const base = new URL(".", document.currentScript.src).href;
	let shared;
	(window._JUPYTERLAB ??= {})["nnbook-kernel"] = {
		init(scope) { shared = scope; },
		async get() {
			const lite = (await Object.values(shared["@jupyterlite/services"])[0].get())();
			const { default: plugin } = await import(base + "index.js");
			return () => ({ __esModule: true, default: plugin(lite, base) });
		},
	};
})();
