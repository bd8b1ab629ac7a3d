// Package uuid stands in for github.com/gofrs/uuid in the browser's lab, where
// gonbui makes the names of its displays with it: the original brings net and
// database/sql along.
package uuid

import (
	"crypto/rand"
	"encoding/hex"
)

// UUID is a name that nothing else has.
type UUID [16]byte

// NewV7 returns a random one.
func NewV7() (u UUID, err error) {
	_, err = rand.Read(u[:])
	return u, err
}

func (u UUID) String() string { return hex.EncodeToString(u[:]) }
