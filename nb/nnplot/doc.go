// Package nnplot draws the book's figures, all in one style: on white, with a
// sans serif face, few grid lines, and curves told apart by colour, by dash or
// marker and by name, so that they can be read in print and by colour-blind
// people.
//
// Functions return a figure; nb.Show displays it. Most return a *plot.Plot,
// which may be changed before it is drawn; a gallery of digits or weights
// is an [image.Image], as high as it has to be. [Growing] curves are drawn while
// a network trains. Package canvas makes pixels of all of them.
//
//	p := nnplot.LearningCurves("recognised (%)", nnplot.Counts("15 hidden", counts, 10000))
//	p.Y.Min = 90
//	nb.Show(p, "The curve rises from 89 to 94 percent.")
//
// Values that are infinite, above 1e300 or no numbers have no place on an axis:
// they are left out, and a curve has a gap there. A slip in the program, such as
// three captions for four digits, is a panic that says so.
//
// The same arguments give the same pixels on every machine.
package nnplot
