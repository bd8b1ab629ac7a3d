package mnist_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"strings"

	"nnbook/mnist"
)

func ExampleLoad() {
	os.Setenv("NNBOOK_DIGITS", "drawn") // else MNIST
	defer os.Unsetenv("NNBOOK_DIGITS")
	train, test, err := mnist.Load(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(train.Len(), "to train on and", test.Len(), "to test with:", train.Source())
	// Output: 60000 to train on and 10000 to test with: drawn digits
}

func ExampleDrawn() {
	digits := mnist.Drawn(3, 1)
	d := digits.Digit(1)
	fmt.Println("A", d.Label)
	for y := 3; y < 23; y++ {
		line := ""
		for x := range 28 {
			line += string(" .:*#"[d.Pixels[28*y+x]/52])
		}
		fmt.Println(strings.TrimRight(line, " "))
	}
	// Output:
	// A 3
	//               .*######:
	//              :########*
	//            .######:###:
	//           .#####: :###
	//          .####*  .###:
	//          .###:   *###
	//           :*.   :###:
	//                :###*
	//               :####
	//             .*####.
	//           :#######
	//          *########.
	//          *####:###
	//           **. ###*
	//              :###.
	//             :###*
	//   .*::...::#####
	//   #############.
	//   ############.
	//   .**#####**.
}

func ExampleSet_Split() {
	training, validation := mnist.Drawn(600, 1).Split()
	fmt.Println(training.Len(), validation.Len())
	// Output: 500 100
}

func ExampleSet_Input() {
	digits := mnist.Drawn(3, 1)
	x, y := make([]float64, 784), make([]float64, 10)
	digits.Input(1, x)
	digits.Target(1, y)
	fmt.Println("label", digits.Labels[1], "is y =", y)
	fmt.Printf("pixel %d in row 7, column 14 is x[210] = %.4f\n", digits.Images[784+210], x[210])
	// Output:
	// label 3 is y = [0 0 0 1 0 0 0 0 0 0]
	// pixel 174 in row 7, column 14 is x[210] = 0.6824
}
