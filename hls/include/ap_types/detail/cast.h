// The cast between fixed-point formats: round, then handle overflow (UG1399), on raw values.
// SPDX-License-Identifier: Apache-2.0
#ifndef AXOC_AP_TYPES_DETAIL_CAST_H
#define AXOC_AP_TYPES_DETAIL_CAST_H

#include <cstdint>

#include "modes.h"
#include "storage.h"

namespace axoc::ap::detail {

/// Can rounding give more than the largest value there was before?
constexpr bool rounds_up(ap_q_mode Q) { return Q != AP_TRN && Q != AP_TRN_ZERO; }

/// v / 2^d rounded to an integer; v has at most `bits` bits; d >= 1, and below the bits of T unless above `bits`.
template <ap_q_mode Q, class T>
constexpr T round_off(const T& v, int bits, int d) {
  const bool negative = is_negative(v);
  if (d > bits) return static_cast<T>(Q == AP_TRN && negative ? -1 : 0);  // |v| is below one half of 2^d
  const T floor = static_cast<T>(v >> d);
  if constexpr (Q == AP_TRN) {
    return floor;
  } else {
    const T dropped = static_cast<T>(v & low_mask<T>(d));
    bool up = false;
    if constexpr (Q == AP_TRN_ZERO) {
      up = negative && dropped != static_cast<T>(0);
    } else {
      const T half = shift_left(static_cast<T>(1), d - 1);
      bool tie_up = Q == AP_RND;
      if constexpr (Q == AP_RND_ZERO) tie_up = negative;
      if constexpr (Q == AP_RND_INF) tie_up = !negative;
      if constexpr (Q == AP_RND_CONV) tie_up = (floor & static_cast<T>(1)) != static_cast<T>(0);
      up = dropped > static_cast<T>(half - static_cast<T>(tie_up ? 1 : 0));
    }
    return static_cast<T>(floor + static_cast<T>(up ? 1 : 0));
  }
}

/// Brings v into the W2 bits of the destination. Above says whether v may exceed the largest value there, Below whether
/// it may undercut the smallest: known from the two formats.
template <int W2, bool S2, ap_o_mode O, bool Above, bool Below, class T>
constexpr store_t<W2, S2> fit(const T& v) {
  using R = store_t<W2, S2>;
  if constexpr (!Above && !Below) {
    return static_cast<R>(v);
  } else if constexpr (O == AP_WRAP) {
    return low_bits<W2, S2>(v);
  } else {
    T result = v;
    if constexpr (Above) {
      constexpr T highest = low_mask<T>(W2 - S2);
      result = v > highest ? static_cast<T>(O == AP_SAT_ZERO ? static_cast<T>(0) : highest) : result;
    }
    if constexpr (Below) {
      constexpr T lowest = !S2               ? static_cast<T>(0)
                           : O == AP_SAT_SYM ? static_cast<T>(static_cast<T>(0) - low_mask<T>(W2 - S2))
                                             : static_cast<T>(static_cast<T>(-1) - low_mask<T>(W2 - S2));
      result = v < lowest ? static_cast<T>(O == AP_SAT_ZERO ? static_cast<T>(0) : lowest) : result;
    }
    return static_cast<R>(result);
  }
}

/// Casts a raw value of W1 bits to W2 bits, D = F1 - F2 fractional bits fewer (more if D < 0).
template <int W1, bool S1, int D, int W2, bool S2, ap_q_mode Q, ap_o_mode O>
constexpr store_t<W2, S2> cast(const store_t<W1, S1>& raw) {
  constexpr int from = W1 - S1 - D;  // magnitudes are below 2^from steps of the destination, before rounding
  constexpr int to = W2 - S2;        // and must be below 2^to
  constexpr bool Above = from > to || (D > 0 && rounds_up(Q) && from >= to);
  constexpr bool Below = S1 && (!S2 || from > to || (O == AP_SAT_SYM && from >= to));
  if constexpr (D == 0) {
    return fit<W2, S2, O, Above, Below>(static_cast<work_t<W1, S1>>(raw));
  } else if constexpr (D > 0) {
    using T = work_t<D >= W1 ? W1 + 1 : W1, S1>;
    return fit<W2, S2, O, Above, Below>(round_off<Q>(static_cast<T>(raw), W1, D));
  } else if constexpr (O == AP_WRAP && -D >= W2) {
    return static_cast<store_t<W2, S2>>(0);
  } else {
    using T = work_t<O == AP_WRAP ? W2 : W1 - D, O == AP_WRAP ? S2 : S1>;
    return fit<W2, S2, O, Above, Below>(shift_left(static_cast<T>(raw), -D));
  }
}

/// A double as mantissa * 2^exponent, |mantissa| < 2^53. Infinities and NaN come out beyond the range of a double.
struct dyadic {
  std::int64_t mantissa;
  int exponent;
};

constexpr dyadic split(double value) {
  const std::uint64_t bits = __builtin_bit_cast(std::uint64_t, value);
  const int biased = static_cast<int>(bits >> 52 & 0x7ff);
  std::int64_t mantissa = static_cast<std::int64_t>(bits & low_mask<std::uint64_t>(52));
  if (biased > 0) mantissa |= std::int64_t(1) << 52;
  return {bits >> 63 != 0 ? -mantissa : mantissa, (biased > 0 ? biased : 1) - 1075};
}

/// Casts a double, taken as the exact number it is, to W bits of which F are fractional.
template <int W, int F, bool S, ap_q_mode Q, ap_o_mode O>
constexpr store_t<W, S> cast_double(double value) {
  const dyadic number = split(value);
  const int d = -number.exponent - F;
  if (d > 0) {
    constexpr bool fits = W - S >= 53;  // at least one bit is dropped: the rounded magnitude is at most 2^52
    return fit<W, S, O, !fits, !(fits && S)>(round_off<Q>(number.mantissa, 54, d));
  }
  // A shift by W already leaves only overflow, or zero.
  using T = work_t<54 + W, true>;
  return fit<W, S, O, true, true>(shift_left(static_cast<T>(number.mantissa), min_of(-d, W)));
}

/// 2^exponent; -1022 <= exponent <= 1023.
constexpr double power_of_two(int exponent) {
  return __builtin_bit_cast(double, static_cast<std::uint64_t>(exponent + 1023) << 52);
}

/// value * 2^exponent for any exponent.
constexpr double scaled(double value, int exponent) {
  for (; exponent < -1000; exponent += 1000) value *= power_of_two(-1000);
  for (; exponent > 1000; exponent -= 1000) value *= power_of_two(1000);
  return value * power_of_two(exponent);
}

/// raw * 2^-F in the nearest Real (float or double), ties to even.
template <class Real, int F, class T>
constexpr Real to_real(const T& raw) {
  if constexpr (is_wide<T>::value) {
    const T magnitude = raw.negative() ? -raw : raw;
    int highest = bits_of<T> / 64 - 1;
    while (highest > 0 && magnitude.limb[highest] == 0) --highest;
    // Of the bits below the uppermost 64, the last of these says whether there are any.
    const int below = highest == 0 ? 0 : 64 * highest - __builtin_clzll(magnitude.limb[highest]);
    std::uint64_t top = static_cast<std::uint64_t>(magnitude >> below);
    if ((magnitude & low_mask<T>(below)) != T(0)) top |= 1;
    const Real rounded = static_cast<Real>(top);
    return static_cast<Real>(scaled(static_cast<double>(raw.negative() ? -rounded : rounded), below - F));
  } else {
    return static_cast<Real>(scaled(static_cast<double>(static_cast<Real>(raw)), -F));
  }
}

}  // namespace axoc::ap::detail

#endif
