// Host implementation of ap_fixed and ap_ufixed: fixed-point numbers, for simulation without the vendor's headers.
// SPDX-License-Identifier: Apache-2.0
#ifndef AXOC_AP_TYPES_AP_FIXED_H
#define AXOC_AP_TYPES_AP_FIXED_H

#include "ap_int.h"

/// Tells this implementation from the vendor's.
#define AXOC_HOST_AP_TYPES 1

/// raw * 2^-(W-I), raw of W bits in two's complement; Q and O say what conversions to it do. N must be 0.
template <int W, int I, ap_q_mode Q = AP_TRN, ap_o_mode O = AP_WRAP, int N = 0>
using ap_fixed = axoc::ap::fixed<W, I, true, Q, O, N, false>;

/// The same without sign.
template <int W, int I, ap_q_mode Q = AP_TRN, ap_o_mode O = AP_WRAP, int N = 0>
using ap_ufixed = axoc::ap::fixed<W, I, false, Q, O, N, false>;

#endif
