package nnlib

import (
	"syscall"
	"unsafe"
)

// inHugePages asks for pages of 2 MB behind a long list, before it is filled.
// The images of a mini-batch lie anywhere in theirs, and of pages of 4 KB the
// processor would have to look up one or two for each.
func inHugePages(list []uint64) {
	const huge = 2 << 20
	base, size := unsafe.Pointer(unsafe.SliceData(list)), 8*cap(list)
	first := -int(uintptr(base)) & (huge - 1)
	if whole := (size - first) &^ (huge - 1); whole > 0 {
		syscall.Madvise(unsafe.Slice((*byte)(base), size)[first:first+whole], syscall.MADV_HUGEPAGE) // a wish: no error matters
	}
}
