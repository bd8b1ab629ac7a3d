// Package nb is what the cells of the book need besides the library: the data
// with a word on which they are, figures and tables with text for those who
// cannot see them, progress while a network trains, a clean end when the reader interrupts a cell, and a place for what one cell
// leaves to another.
//
// A cell of GoNB is a program of its own, so functions here end it where
// others would return an error: with one clear line. Only notebooks import
// this package.
package nb
