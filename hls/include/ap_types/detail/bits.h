// Reading and writing single bits and ranges of bits of a number.
// SPDX-License-Identifier: Apache-2.0
#ifndef AXOC_AP_TYPES_DETAIL_BITS_H
#define AXOC_AP_TYPES_DETAIL_BITS_H

#include "fixed.h"

namespace axoc::ap {

/// Bits high..low, both included, of a raw value of W bits (Raw: its store, or a const one). Reads as an unsigned
/// integer; what is assigned gives its low bits.
template <class Raw, int W, bool S>
struct bit_range {
  constexpr bit_range(Raw& raw, int high, int low) : raw_(raw), high_(high), low_(low) {
    if (low < 0 || high < low || high >= W) __builtin_trap();
  }
  bit_range(const bit_range&) = default;

  constexpr integer<W, false> get() const {
    const U bits = static_cast<U>(static_cast<U>(raw_) & detail::low_mask<U>(W));
    const U selected = static_cast<U>(static_cast<U>(bits >> low_) & detail::low_mask<U>(length()));
    return integer<W, false>::of_raw(static_cast<detail::store_t<W, false>>(selected));
  }

  template <class T, class X = operand_t<T>>
  constexpr bit_range& operator=(const T& value) {
    static_assert(X::is_integer, "only integers and other ranges are assigned to a range");
    const U mask = detail::shift_left(detail::low_mask<U>(length()), low_);
    const U placed = detail::shift_left(static_cast<U>(X(value).raw), low_);
    const U bits = static_cast<U>(raw_);
    raw_ = detail::low_bits<W, S>(static_cast<U>((bits & static_cast<U>(~mask)) | (placed & mask)));
    return *this;
  }
  constexpr bit_range& operator=(const bit_range& other) { return *this = other.get(); }

  constexpr int length() const { return high_ - low_ + 1; }
  constexpr long long to_int64() const { return get().to_int64(); }
  constexpr unsigned long long to_uint64() const { return get().to_uint64(); }
  constexpr int to_int() const { return get().to_int(); }
  constexpr unsigned to_uint() const { return get().to_uint(); }

 private:
  using U = detail::work_t<W, false>;

  Raw& raw_;
  int high_, low_;
};

/// One bit of a raw value of W bits: behaves as a bool.
template <class Raw, int W, bool S>
struct bit_reference {
  constexpr bit_reference(Raw& raw, int index) : range_(raw, index, index) {}
  bit_reference(const bit_reference&) = default;

  constexpr operator bool() const { return static_cast<bool>(range_.get()); }

  constexpr bit_reference& operator=(bool value) {
    range_ = value;
    return *this;
  }
  constexpr bit_reference& operator=(const bit_reference& other) { return *this = static_cast<bool>(other); }

 private:
  bit_range<Raw, W, S> range_;
};

}  // namespace axoc::ap

#endif
