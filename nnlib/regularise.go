package nnlib

// This file adds L2 regularisation to the steps of network.go. Its equations,
// (N85) and (N93), are those of Nielsen's book.

import "fmt"

// UpdateRegularised makes the step of UpdateMiniBatch with L2 regularisation,
// which adds λ/2n Σ w² to the mean cost (N85): all weights shrink a little at
// each step, and only those stay large that the examples keep asking for. Biases
// are left alone. Count is n, the number of all training examples. SGD makes this
// step where Config.Lambda is not 0. It panics where the numbers do not fit.
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
