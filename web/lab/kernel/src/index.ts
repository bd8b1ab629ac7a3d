// The extension: registers the kernel, and has the stop button reach it, which JupyterLite lets only
// cancel the cells that wait.

import type * as Lite from "@jupyterlite/services";
import { kernels } from "./kernel.js";

export default function plugin(lite: typeof Lite, base: string) {
	return {
		id: "nnbook-kernel:go",
		autoStart: true,
		requires: [lite.IKernelSpecs, lite.IKernelClient],
		activate(_: unknown, specs: Lite.IKernelSpecs, client: Lite.IKernelClient) {
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
		},
	};
}
