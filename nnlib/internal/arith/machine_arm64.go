//go:build !purego

package arith

// machine returns what this processor adds to portable Go: all that Go runs on
// have NEON. Its assembly is the two loops that take nearly all of the time.
func machine() []*implementation {
	neon := portable
	neon.name = "neon"
	neon.slabs = []loops{
		{shape{3, 1}, image31NEON, portableLoops(3, 1).dense, descend4NEON},
		{shape{3, 0}, image30NEON, portableLoops(3, 0).dense, descend3NEON},
		{shape{0, 2}, image02NEON, portableLoops(0, 2).dense, descend2NEON},
	}
	neon.fetch = fetchNEON
	return []*implementation{&neon}
}
