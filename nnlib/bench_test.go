package nnlib_test

import (
	"fmt"
	"runtime"
	"sync"
	"testing"

	"nnbook/nnlib"
)

// An epoch of training on MNIST, by each implementation and by UpdateMiniBatch.
// TestBitsOfSGDAreThoseOfUpdateMiniBatch shows that they compute the same.
func BenchmarkEpoch(b *testing.B) {
	for _, hidden := range []int{15, 100} {
		b.Run(fmt.Sprintf("hidden=%d", hidden), func(b *testing.B) {
			training, _ := loadMNIST(b)
			cfg := nnlib.Config{Epochs: 1, MiniBatchSize: 10, Eta: 3}
			eachImplementation(b, func(b *testing.B) {
				net := newNetwork(b, 0, 784, hidden, 10)
				b.ReportAllocs()
				for b.Loop() {
					train(b, net, training, cfg)
				}
				b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/epoch")
			})
			b.Run("readable", func(b *testing.B) {
				net := newNetwork(b, 0, 784, hidden, 10)
				some := examples(training.Slice(0, 3000))
				for b.Loop() {
					readable(net, some, cfg)
				}
				b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)*20, "s/epoch") // of 60,000
			})
		})
	}
}

func BenchmarkEvaluate(b *testing.B) {
	_, test := loadMNIST(b)
	eachImplementation(b, func(b *testing.B) {
		net := newNetwork(b, 0, 784, 15, 10)
		b.ReportAllocs()
		for b.Loop() {
			net.Evaluate(test)
		}
	})
}

// As many networks at once as there are processors: the time for each should
// be that of one.
func BenchmarkNetworksAtOnce(b *testing.B) {
	training, _ := loadMNIST(b)
	cfg := nnlib.Config{Epochs: 5, MiniBatchSize: 10, Eta: 3}
	for workers := 1; workers <= runtime.GOMAXPROCS(0); workers *= 2 {
		b.Run(fmt.Sprintf("networks=%d", workers), func(b *testing.B) {
			for b.Loop() {
				var wg sync.WaitGroup
				for seed := range workers {
					net := newNetwork(b, uint64(seed), 784, 15, 10)
					wg.Go(func() { train(b, net, training, cfg) })
				}
				wg.Wait()
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N*workers*cfg.Epochs), "s/epoch")
		})
	}
}
