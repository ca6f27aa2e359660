// SPDX-License-Identifier: Apache-2.0
// Test vectors as text: one event a line, each value the hexadecimal digits of its raw bits.
#pragma once

#include <cstdint>
#include <istream>
#include <string>

#include "ap_int.h"

namespace axoc {

// Reads one value; false at the end of the stream or where the text is not hexadecimal.
template <class T> bool read_value(std::istream &stream, T &value) {
  std::string digits;
  if (!(stream >> digits)) return false;
  value = 0;
  int low = 0;
  for (std::size_t end = digits.size(); end > 0 && low < T::width; low += 64) {
    const std::size_t begin = end > 16 ? end - 16 : 0;
    std::uint64_t word = 0;
    for (std::size_t i = begin; i < end; i++) {
      const char c = digits[i];
      const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
      if (digit < 0) return false;
      word = word << 4 | static_cast<std::uint64_t>(digit);
    }
    const int high = low + 63 < T::width ? low + 63 : T::width - 1;
    value.range(high, low) = ap_uint<64>(word);
    end = begin;
  }
  return true;
}

template <class T> bool read_values(std::istream &stream, T *values, int count) {
  for (int i = 0; i < count; i++) {
    if (!read_value(stream, values[i])) return false;
  }
  return true;
}

// The digits of one value: as many as its width needs.
template <class T> std::string digits_of(T value) {
  std::string digits;
  for (int low = 0; low < T::width; low += 4) {
    const int high = low + 3 < T::width ? low + 3 : T::width - 1;
    digits.insert(digits.begin(), "0123456789abcdef"[value.range(high, low).to_uint64()]);
  }
  return digits;
}

} // namespace axoc
