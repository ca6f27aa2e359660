// SPDX-License-Identifier: Apache-2.0
// Constants too long for a double: axoc::from_bits<T>("1f...") is the T whose raw bits have these hexadecimal digits.
#pragma once

#include "ap_int.h"

namespace axoc {

template <class T> T from_bits(const char *hexadecimal) {
  T value = 0;
  value.range(T::width - 1, 0) = ap_uint<T::width>(hexadecimal, 16);
  return value;
}

} // namespace axoc
