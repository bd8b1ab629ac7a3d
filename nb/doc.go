// Package nb is what the cells of the book need besides the library: the data,
// figures and tables with text for those who cannot see them, progress while a
// network trains, a clean end when the reader interrupts a cell, and a place for
// what one cell leaves to another. Each has a file of its own; moving.go shows a
// figure that changes while its cell runs.
//
// A cell of GoNB is a program of its own, so where other functions would return
// an error, these end the cell with one clear line. Only cells import this
// package, and web/hands, which a cell calls.
package nb
