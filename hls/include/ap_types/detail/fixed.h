// The fixed-point number: raw * 2^-(W-I), with conversions that round and handle overflow as its type says.
// SPDX-License-Identifier: Apache-2.0
#ifndef AXOC_AP_TYPES_DETAIL_FIXED_H
#define AXOC_AP_TYPES_DETAIL_FIXED_H

#include <type_traits>

#include "cast.h"

namespace axoc::ap {

template <int W, int I, bool S, ap_q_mode Q, ap_o_mode O, int N, bool Integer>
struct fixed;

/// ap_int and ap_uint: conversions go toward zero and wrap. Integer tells them from an ap_fixed with the same format,
/// because `+= -= *=` of an integer drop the fraction of the other operand first.
template <int W, bool S>
using integer = fixed<W, W, S, AP_TRN_ZERO, AP_WRAP, 0, true>;

template <class Raw, int W, bool S>
struct bit_range;
template <class Raw, int W, bool S>
struct bit_reference;

/// What T counts as in an expression; no `type` where T does not mix with these numbers.
template <class T, class = void>
struct operand {};
template <int W, int I, bool S, ap_q_mode Q, ap_o_mode O, int N, bool Integer>
struct operand<fixed<W, I, S, Q, O, N, Integer>> {
  using type = fixed<W, I, S, Q, O, N, Integer>;
};
template <class T>
struct operand<T, std::enable_if_t<std::is_integral<T>::value && sizeof(T) <= 8>> {
  using type = integer<std::is_same<T, bool>::value ? 1 : 8 * static_cast<int>(sizeof(T)), std::is_signed<T>::value>;
};
template <class Raw, int W, bool S>
struct operand<bit_range<Raw, W, S>> {
  using type = integer<W, false>;
};
template <class T>
using operand_t = typename operand<T>::type;

template <class A, class B>
struct arithmetic;

template <int W, int I, bool S, ap_q_mode Q, ap_o_mode O, int N, bool Integer>
struct fixed {
  static_assert(W >= 1, "a number needs at least one bit");
  static_assert(N == 0, "saturated bits (N > 0) are not supported");
  static_assert(O != AP_WRAP_SM, "AP_WRAP_SM is not supported");
  static_assert(!(S && W == 1 && O == AP_SAT_SYM), "a signed number of one bit has no AP_SAT_SYM range");

  static constexpr int width = W;
  static constexpr int iwidth = I;
  static constexpr bool is_signed = S;
  static constexpr bool is_integer = Integer;
  static constexpr ap_q_mode qmode = Q;
  static constexpr ap_o_mode omode = O;

  using store = detail::store_t<W, S>;

  /// Always in the range of W bits.
  store raw;

  /// No value, as for a built-in integer; `fixed{}` is zero.
  fixed() = default;

  template <int W2, int I2, bool S2, ap_q_mode Q2, ap_o_mode O2, int N2, bool Integer2>
  constexpr fixed(const fixed<W2, I2, S2, Q2, O2, N2, Integer2>& other)
      : raw(detail::cast<W2, S2, (W2 - I2) - (W - I), W, S, Q, O>(other.raw)) {}

  template <class T, std::enable_if_t<std::is_integral<T>::value && sizeof(T) <= 8, int> = 0>
  constexpr fixed(T value) : fixed(of_native(value)) {}

  constexpr fixed(double value) : raw(detail::cast_double<W, W - I, S, Q, O>(value)) {}

  template <class Raw, int W2, bool S2>
  constexpr fixed(const bit_range<Raw, W2, S2>& bits) : fixed(bits.get()) {}

  template <class Raw, int W2, bool S2>
  constexpr fixed(const bit_reference<Raw, W2, S2>& bit) : fixed(static_cast<bool>(bit)) {}

  /// An integer constant of any size: an optional sign, then digits of radix 2, 8, 10 or 16; anything else stops the
  /// program. Its low W bits are kept.
  explicit constexpr fixed(const char* digits, int radix = 10) : raw(parse(digits, radix)) {
    static_assert(Integer, "only ap_int and ap_uint are made from text");
  }

  static constexpr fixed of_raw(const store& raw) {
    fixed result{};
    result.raw = raw;
    return result;
  }

  /// The integer part, toward zero; its low 64 (or 32) bits.
  constexpr long long to_int64() const { return integer<64, true>(*this).raw; }
  constexpr unsigned long long to_uint64() const { return integer<64, false>(*this).raw; }
  constexpr int to_int() const { return integer<32, true>(*this).raw; }
  constexpr unsigned to_uint() const { return integer<32, false>(*this).raw; }

  /// The nearest floating-point number, ties to even.
  constexpr double to_double() const { return detail::to_real<double, W - I>(raw); }
  constexpr float to_float() const { return detail::to_real<float, W - I>(raw); }

  /// True unless zero.
  explicit constexpr operator bool() const { return raw != static_cast<store>(0); }
  constexpr bool operator!() const { return !static_cast<bool>(*this); }

  template <class T, std::enable_if_t<std::is_arithmetic<T>::value, int> = 0>
  explicit constexpr operator T() const {
    if constexpr (std::is_same<T, float>::value) return to_float();
    else if constexpr (std::is_floating_point<T>::value) return to_double();
    else return static_cast<T>(to_int64());
  }

  template <class B, class R = typename arithmetic<fixed, operand_t<B>>::sum>
  constexpr fixed& operator+=(const B& b) {
    return *this = *this + addend(b);
  }
  template <class B, class R = typename arithmetic<fixed, operand_t<B>>::difference>
  constexpr fixed& operator-=(const B& b) {
    return *this = *this - addend(b);
  }
  template <class B, class R = typename arithmetic<fixed, operand_t<B>>::product>
  constexpr fixed& operator*=(const B& b) {
    return *this = *this * addend(b);
  }

  constexpr auto operator-() const {
    using T = detail::work_t<W + 1, true>;
    using R = fixed<W + 1, I + 1, true, Integer ? AP_TRN_ZERO : AP_TRN, AP_WRAP, 0, Integer>;
    return R::of_raw(static_cast<detail::store_t<W + 1, true>>(static_cast<T>(0) - static_cast<T>(raw)));
  }

  /// Shifts the raw value within its W bits: bits are lost, the modes play no part. A negative n shifts the other way.
  constexpr fixed operator<<(int n) const {
    if (n < 0) return *this >> -n;
    if (n >= W) return of_raw(0);
    return of_raw(detail::low_bits<W, S>(detail::shift_left(static_cast<detail::work_t<W, false>>(raw), n)));
  }
  constexpr fixed operator>>(int n) const {
    if (n < 0) return *this << -n;
    if (n >= W) return of_raw(static_cast<store>(detail::is_negative(raw) ? -1 : 0));
    return of_raw(static_cast<store>(static_cast<detail::work_t<W, S>>(raw) >> n));
  }
  constexpr fixed& operator<<=(int n) { return *this = *this << n; }
  constexpr fixed& operator>>=(int n) { return *this = *this >> n; }

  static constexpr int length() { return W; }

  constexpr bit_range<store, W, S> range(int high, int low) { return {raw, high, low}; }
  constexpr bit_range<const store, W, S> range(int high, int low) const { return {raw, high, low}; }
  constexpr bit_range<store, W, S> range() { return {raw, W - 1, 0}; }
  constexpr bit_range<const store, W, S> range() const { return {raw, W - 1, 0}; }
  constexpr bit_reference<store, W, S> operator[](int i) { return {raw, i}; }
  constexpr bool operator[](int i) const { return bit_reference<const store, W, S>{raw, i}; }

 private:
  template <class T>
  static constexpr operand_t<T> of_native(T value) {
    return operand_t<T>::of_raw(value);
  }

  template <class B>
  static constexpr auto addend(const B& b) {
    using Y = operand_t<B>;
    if constexpr (!Integer) return Y(b);
    else return integer<detail::max_of(Y::iwidth, 1), Y::is_signed>(Y(b));
  }

  static constexpr int digit_of(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  }

  static constexpr store parse(const char* digits, int radix) {
    using U = detail::work_t<W, false>;
    U value = static_cast<U>(0);
    const bool negative = *digits == '-';
    if (*digits == '-' || *digits == '+') ++digits;
    if (*digits == 0) __builtin_trap();
    for (; *digits != 0; ++digits) {
      const int digit = digit_of(*digits);
      if (digit < 0 || digit >= radix) __builtin_trap();
      value = value * static_cast<U>(radix) + static_cast<U>(digit);
    }
    return detail::low_bits<W, S>(negative ? static_cast<U>(static_cast<U>(0) - value) : value);
  }
};

}  // namespace axoc::ap

#endif
