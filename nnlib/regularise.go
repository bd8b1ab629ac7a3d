package nnlib

// This file adds L2 regularisation to the steps of network.go. Its equations,
// (N85) and (N93), are those of Nielsen's book.

import "fmt"

// UpdateRegularised makes the step of UpdateMiniBatch with L2 regularisation,
// by which weights that no example asks for become small. It scales all weights
// before they move against the gradient, and leaves biases alone. Count is n,
// the number of all training examples. SGD makes this step with Config.Lambda.
func (n *Network) UpdateRegularised(miniBatch Examples, cfg Config, count int) {
	mustBeMiniBatch(miniBatch, cfg.MiniBatchSize)
	if count < 1 || count < len(miniBatch) {
		panic(fmt.Sprintf("nnlib: %d training examples, %d in a mini-batch of them", count, len(miniBatch)))
	}
	sumB, sumW := n.sumGradients(miniBatch)
	for _, w := range n.Weights {
		w.Scale(cfg.decay(count), w) // (N93): w^l = (1 - ηλ/n) w^l - η/m Σ ∂C/∂w^l, first part
	}
	n.descend(sumB, sumW, cfg.rate())
}

// decay is 1 - ηλ/n for n training examples; 1 without regularisation.
func (cfg Config) decay(n int) float64 { return 1 - cfg.Eta*cfg.Lambda/float64(n) }

// rate is η/m, also for a mini-batch that is shorter than m.
func (cfg Config) rate() float64 { return cfg.Eta / float64(cfg.MiniBatchSize) }
