package arith

// This file declares the inner loops of the fast path and what they work on.
// portable.go defines them. It imports nothing, as the generators of assembly
// read it too, to know where each field is.

// lanes is the number of doubles in a vector. Processors with longer vectors
// take two at once, others half of one.
const lanes = 4

// Matrix is a matrix in row-major order: element (j, k) is Data[j*Stride+k].
type Matrix struct {
	Rows, Cols, Stride int
	Data               []float64
}

// implementation is a set of inner loops for one kind of processor. Whatever
// it computes has the bits of portable.
//
// A matrix that it is given has rows of whole vectors: what is behind the
// last column, up to the stride, is computed like the columns.
type implementation struct {
	name string

	// slabs has loops for several shapes of slab. Any layer can be cut into {3, 1}
	// and {0, 2}, so these must be there, with dense; others are faster.
	slabs []loops

	// sigmoid computes a = σ(a + b) for each row of a.
	sigmoid func(a Matrix, b []float64)

	// back computes δ = (wᵀ d) ⊙ a(1-a) for each example, a row of delta, of d
	// and of a. The sums are those of MulTransVec.
	back func(delta, w, d, a Matrix)

	// descend computes w = w - rate dᵀ a, summed over the examples in order: a
	// row of d and of a for each.
	descend func(w, d, a Matrix, rate float64)

	// scale computes v = by v in the groups that are listed: group g is v[g*size]
	// and those after it, size in all, which is a multiple of 4.
	scale func(v []float64, groups []uint32, size int, by float64)

	// magnitude returns the sum of the magnitudes in v, NaN where there is one; the
	// length is a multiple of 4.
	magnitude func(v []float64) float64

	// pack writes the groups of an image's bytes that are not empty to list and
	// returns how many they are. It may write beyond them, all groups and
	// three more, and may leave out the last bytes if they are less than 16.
	pack func(list []uint64, bytes []byte) int

	// fetch may bring an image that is needed soon into the caches.
	fetch func(image []uint64)
}

// loops are the inner loops for the slabs of one shape: with weights w,
// input-major.
type loops struct {
	shape

	// image makes the sums of an image. If into is not nil it also puts the
	// image's groups there, as those of image number.
	image func(w []float64, image []uint64, sums *sums, into *buckets, number int)

	// dense makes the sums of activations. Of one to three columns that are
	// left over it adds the products to the fours; what two or three add to the
	// mixed slots it stores. Nil: a slab of images only.
	dense func(w, a []float64, sums *sums)

	// descend computes w = decay w - rate Σ d x in the groups that are in some
	// image. Pixels 0 and 1 of a group take their deltas from low, 2 and 3 from
	// high: by image number, a slab's width each. As no weight is -0, a sum of 0
	// may be of either sign.
	descend func(w []float64, from *buckets, low, high []float64, decay, rate float64)
}

// shape is the size of a slab in vectors: of slots of fours, and of mixed ones.
type shape struct{ fours, mixed int }

// sums are those of a slab: a vector for each of fours, finished; then for each
// vector of mixed slots the even columns, then the odd ones of each, and last
// what two or three leftover columns add to each. {12, 2} has the most, and no
// leftover columns.
type sums [16 * lanes]float64

// buckets hold, for each group of pixels, the images of a mini-batch in which
// it is not empty: in the low half of an entry the group's four bytes, in the
// high half the number of the image.
type buckets struct {
	room    int      // entries that fit in a bucket
	entries []uint64 // bucket g begins at g*room
	ends    []uint32 // and ends before ends[g]
	filled  []uint32 // the groups whose buckets are not empty
	empty   []uint32 // the groups whose buckets are, where they are listed
	begins  []uint32 // g*room
}
