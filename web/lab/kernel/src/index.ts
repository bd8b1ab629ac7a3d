// The extension: registers the kernel, and leads to it what JupyterLite keeps from it: the stop button, which
// there only cancels the cells that wait, and questions on names, which there wait for the cell that runs.

import type * as Lite from "@jupyterlite/services";
import type * as Services from "@jupyterlab/services";
import { kernels } from "./kernel.js";
import { notices } from "./notices.js";

export default function plugin(lite: typeof Lite, services: typeof Services, menus: any, widgets: any, base: string) {
	return {
		id: "nnbook-kernel:go",
		autoStart: true,
		requires: [lite.IKernelSpecs, lite.IKernelClient],
		optional: [menus.IMainMenu],
		activate(app: any, specs: Lite.IKernelSpecs, client: Lite.IKernelClient, menu: any) {
			const GoKernel = kernels(lite, base);
			const begun = new Map<string, InstanceType<typeof GoKernel>>();
			specs.register({
				spec: { name: "gonb", display_name: "Go (gonb)", language: "go", argv: [], resources: {} },
				create: async (options: Lite.IKernel.IOptions) => {
					const kernel = new GoKernel(options);
					begun.set(kernel.id, kernel);
					return kernel;
				},
			});
			const cancel = client.interrupt.bind(client);
			client.interrupt = async (id: string) => {
				begun.get(id)?.interrupt();
				return cancel(id);
			};
			const connection = services.KernelConnection.prototype as any;
			connection.requestComplete = async function (content: any) { return { content: await begun.get(this.id)?.completeRequest(content) }; };
			connection.requestInspect = async function (content: any) { return { content: await begun.get(this.id)?.inspectRequest(content) }; };
			notices(app, menu, widgets.Widget, base);
		},
	};
}
