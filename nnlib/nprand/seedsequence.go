package nprand

// poolSize is the number of 32-bit words to which a seed of any length is
// hashed before the generator's state is made of them.
const poolSize = 4

// hasher turns words into well-mixed words; its multiplier moves on with each.
type hasher struct{ constant, multiplier uint32 }

func (h *hasher) hash(word uint32) uint32 {
	word ^= h.constant
	h.constant *= h.multiplier
	word *= h.constant
	return word ^ word>>16
}

// mix combines two words so that each bit of both matters.
func mix(x, y uint32) uint32 {
	word := 0xca01f9dd*x - 0x4973f715*y
	return word ^ word>>16
}

// seedSequence hashes the words of a seed, lowest first, to four 64-bit words.
func seedSequence(entropy []uint32) (seed [4]uint64) {
	in := hasher{constant: 0x43b0d7e5, multiplier: 0x931e8875}
	var pool [poolSize]uint32
	for i := range pool {
		var word uint32
		if i < len(entropy) {
			word = entropy[i]
		}
		pool[i] = in.hash(word)
	}
	for from := range pool { // each word of the pool into each other one
		for to := range pool {
			if from != to {
				pool[to] = mix(pool[to], in.hash(pool[from]))
			}
		}
	}
	for _, word := range entropy[min(poolSize, len(entropy)):] { // a long seed's rest
		for to := range pool {
			pool[to] = mix(pool[to], in.hash(word))
		}
	}
	out := hasher{constant: 0x8b51f9dd, multiplier: 0x58f38ded}
	for i := range 2 * len(seed) {
		half := uint64(out.hash(pool[i%poolSize]))
		seed[i/2] |= half << (32 * (i % 2)) // low half first
	}
	return seed
}
