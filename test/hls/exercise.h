// What an emitted design or its testbench does with two numbers, printed, to compare two implementations line by line.
// SPDX-License-Identifier: Apache-2.0
#ifndef AXOC_TEST_HLS_EXERCISE_H
#define AXOC_TEST_HLS_EXERCISE_H

#include "bits.h"

template <class T>
void show(const char* label, const T& x) {
  std::printf("  %s %d ", label, T::width);
  print_bits(x);
}

inline void show_integer(const char* label, long long x) { std::printf("  %s %lld\n", label, x); }
inline void show_real(const char* label, double x) { std::printf("  %s %a\n", label, x); }

template <class A, class B>
void show_comparisons(const A& a, const B& b) {
  std::printf("  compare %d%d%d%d%d%d\n", a < b, a <= b, a > b, a >= b, a == b, a != b);
}

/// What is done with one number. SA: it is signed; IA: its integer bits; WHOLE: it is an ap_int or ap_uint.
template <class A, bool SA, int IA, bool WHOLE>
void exercise_one(A a, double d, int n) {
  show("value", a);
  // The vendor's integer part is wrong for negative numbers without integer bits.
  if (IA > 0 || !(a < 0)) {
    show_integer("to_int64", a.to_int64());
    show_integer("to_uint64", (long long)a.to_uint64());
    show_integer("to_int", a.to_int());
    show_integer("to_uint", a.to_uint());
    show("to ap_int", ap_int<12>(a));
    show("to wide ap_uint", ap_uint<90>(a));
  }
  // The vendor converts only the low 64 bits of an integer.
  const bool as_double = !WHOLE || A::width <= 64;
  if (as_double) {
    show_real("to_double", a.to_double());
    const double magnitude = a < 0 ? -a.to_double() : a.to_double();
    if (magnitude == 0 || (magnitude > 1e-37 && magnitude < 1e37)) show_real("to_float", a.to_float());
    std::printf("  compare double %d%d%d%d%d%d\n", a < d, a <= d, a > d, a >= d, a == d, a != d);
    std::printf("  double compare %d%d%d%d%d%d\n", d < a, d <= a, d > a, d >= a, d == a, d != a);
  }
  // The vendor makes 1 of a double between -1/2 and 0 cast to an integer type.
  if (!WHOLE || !(d < 0 && d > -0.5)) {
    show("from double", A(d));
    if (d < 1e38 && d > -1e38) show("from float", A((float)d));
    A assigned = a;
    assigned = d;
    show("assigned double", assigned);
  }
  show("negative", -a);
  show_integer("zero", !a);
  // The vendor takes a wide number with only its uppermost bit set for false.
  if (A::width <= 64) show_integer("true", a ? 1 : 0);
  for (int by = -3; by <= 3; ++by) {
    show("left", a << by);
    show("right", a >> by);
  }
  show("left, all", a << A::width);
  show("right, all", a >> A::width);
  show("left, more", a << (A::width + 70));
  show("right, more", a >> (A::width + 70));
  A shifted = a;
  shifted <<= 2;
  show("left, assigned", shifted);
  shifted = a;
  shifted >>= 1;
  show("right, assigned", shifted);

  show("from int", A(n));
  show("from unsigned char", A((unsigned char)n));
  show("from short", A((short)n));
  show("from unsigned", A((unsigned)n));
  show("from long long", A(n * 0x123456789ll));
  show("from unsigned long", A((unsigned long)n));
  show("from bool", A(n > 0));
  show("plus int", a + n);
  show("int plus", n + a);
  show("minus int", a - n);
  show("int minus", n - a);
  show("times int", a * n);
  show("unsigned char times", (unsigned char)n * a);
  show("plus long long", a + (long long)n);
  show("minus bool", a - (n > 0));
  // The vendor compares numbers of different signedness wrongly when one is negative.
  if (SA || n >= 0) {
    show_comparisons(a, n);
    show_comparisons(n, a);
    show_comparisons(a, (short)(n % 1000));
  }
  if (!SA || !(a < 0)) show_comparisons((unsigned char)n, a);
  A accumulator = a;
  accumulator += n;
  show("plus assigned int", accumulator);
  accumulator = n;
  show("assigned int", accumulator);

  const int high = A::width - 1, low = A::width / 3;
  show_integer("range", (long long)a.range(high, low).to_uint64());
  show("range to ap_uint", ap_uint<20>(a.range(high, low)));
  show("range to ap_fixed", ap_fixed<20, 9>(a.range(high, low)));
  show_integer("bit", (bool)a[high]);
  show_integer("length", a.length());
  A written = a;
  written.range(high, low) = ap_uint<64>((unsigned)n);
  show("range written", written);
  written.range(low, 0) = n;
  show("range written int", written);
  written.range(high, 0) = ap_int<4>(n);
  show("range written negative", written);
  written.range() = a.range();
  show("range copied", written);
  written[high] = !a[0];
  show("bit written", written);
  written[low] = 1;
  written[0] = written[high];
  show("bit copied", written);
}

/// What is done with two numbers, described as above.
template <class A, bool SA, bool WHOLE, class B, bool SB, int IB>
void exercise_two(const A& a, const B& b) {
  show("sum", a + b);
  show("difference", a - b);
  show("product", a * b);
  if (SA == SB || !(a < 0 || b < 0)) show_comparisons(a, b);
  if (WHOLE && IB <= 0 && b < 0) return;
  show("cast", A(b));
  A assigned = a;
  assigned = b;
  show("assigned", assigned);
  A accumulator = a;
  accumulator += b;
  show("plus assigned", accumulator);
  accumulator = a;
  accumulator -= b;
  show("minus assigned", accumulator);
  accumulator = a;
  accumulator *= b;
  show("times assigned", accumulator);
  accumulator = a * b + a - b;
  show("expression", accumulator);
}

#endif
