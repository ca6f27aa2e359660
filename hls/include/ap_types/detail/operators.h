// Exact arithmetic and comparison between numbers of any two formats and built-in integers.
// SPDX-License-Identifier: Apache-2.0
#ifndef AXOC_AP_TYPES_DETAIL_OPERATORS_H
#define AXOC_AP_TYPES_DETAIL_OPERATORS_H

#include "bits.h"

namespace axoc::ap {

/// The result types of two numbers, each holding every result. An operation on integers only gives an integer.
template <int W1, int I1, bool S1, ap_q_mode Q1, ap_o_mode O1, int N1, bool Integer1,  //
          int W2, int I2, bool S2, ap_q_mode Q2, ap_o_mode O2, int N2, bool Integer2>
struct arithmetic<fixed<W1, I1, S1, Q1, O1, N1, Integer1>, fixed<W2, I2, S2, Q2, O2, N2, Integer2>> {
  static constexpr int F1 = W1 - I1, F2 = W2 - I2;
  static constexpr int F = detail::max_of(F1, F2);
  static constexpr int I = detail::max_of(I1 + (S2 && !S1), I2 + (S1 && !S2));
  static constexpr bool S = S1 || S2, Integer = Integer1 && Integer2;

  template <int WR, int IR, bool SR>
  using result = fixed<WR, IR, SR, Integer ? AP_TRN_ZERO : AP_TRN, AP_WRAP, 0, Integer>;

  using sum = result<I + 1 + F, I + 1, S>;
  using difference = result<I + 1 + F, I + 1, true>;
  using product = result<W1 + W2, I1 + I2, S>;

  /// Holds both operands in steps of 2^-F.
  using common = detail::work_t<I + F, S>;
};

namespace detail {

template <class A, class B>
using arithmetic_of = arithmetic<operand_t<A>, operand_t<B>>;

/// The raw value of x in steps of 2^-F, F being at least the fractional bits of x.
template <class T, int F, class X>
constexpr T aligned(const X& x) {
  constexpr int by = F - (X::width - X::iwidth);
  if constexpr (by == 0) return static_cast<T>(x.raw);
  else return shift_left(static_cast<T>(x.raw), by);
}

template <class R, class T>
constexpr R result_of(const T& raw) {
  return R::of_raw(static_cast<store_t<R::width, R::is_signed>>(raw));
}

}  // namespace detail

template <class A, class B, class R = typename detail::arithmetic_of<A, B>::sum>
constexpr R operator+(const A& a, const B& b) {
  using T = detail::work_t<R::width, R::is_signed>;
  constexpr int F = R::width - R::iwidth;
  return detail::result_of<R>(
      static_cast<T>(detail::aligned<T, F>(operand_t<A>(a)) + detail::aligned<T, F>(operand_t<B>(b))));
}

template <class A, class B, class R = typename detail::arithmetic_of<A, B>::difference>
constexpr R operator-(const A& a, const B& b) {
  using T = detail::work_t<R::width, true>;
  constexpr int F = R::width - R::iwidth;
  return detail::result_of<R>(
      static_cast<T>(detail::aligned<T, F>(operand_t<A>(a)) - detail::aligned<T, F>(operand_t<B>(b))));
}

template <class A, class B, class R = typename detail::arithmetic_of<A, B>::product>
constexpr R operator*(const A& a, const B& b) {
  using T = detail::work_t<R::width, R::is_signed>;
  return detail::result_of<R>(
      static_cast<T>(static_cast<T>(operand_t<A>(a).raw) * static_cast<T>(operand_t<B>(b).raw)));
}

// Two numbers compare by value; a number and a double compare as doubles.
#define AXOC_AP_COMPARISON(op)                                                                      \
  template <class A, class B, class C = detail::arithmetic_of<A, B>>                                \
  constexpr bool operator op(const A& a, const B& b) {                                              \
    using T = typename C::common;                                                                   \
    return detail::aligned<T, C::F>(operand_t<A>(a)) op detail::aligned<T, C::F>(operand_t<B>(b));  \
  }                                                                                                 \
  template <int W, int I, bool S, ap_q_mode Q, ap_o_mode O, int N, bool Integer>                    \
  constexpr bool operator op(const fixed<W, I, S, Q, O, N, Integer>& a, double b) {                 \
    return a.to_double() op b;                                                                      \
  }                                                                                                 \
  template <int W, int I, bool S, ap_q_mode Q, ap_o_mode O, int N, bool Integer>                    \
  constexpr bool operator op(double a, const fixed<W, I, S, Q, O, N, Integer>& b) {                 \
    return a op b.to_double();                                                                      \
  }
AXOC_AP_COMPARISON(<)
AXOC_AP_COMPARISON(<=)
AXOC_AP_COMPARISON(>)
AXOC_AP_COMPARISON(>=)
AXOC_AP_COMPARISON(==)
AXOC_AP_COMPARISON(!=)
#undef AXOC_AP_COMPARISON

}  // namespace axoc::ap

#endif
