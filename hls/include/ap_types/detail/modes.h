// The rounding and overflow modes of a fixed-point format.
// SPDX-License-Identifier: Apache-2.0
#ifndef AXOC_AP_TYPES_DETAIL_MODES_H
#define AXOC_AP_TYPES_DETAIL_MODES_H

/// How a cast rounds bits away.
enum ap_q_mode {
  AP_RND,          // nearest, ties up
  AP_RND_ZERO,     // nearest, ties toward zero
  AP_RND_MIN_INF,  // nearest, ties down
  AP_RND_INF,      // nearest, ties away from zero
  AP_RND_CONV,     // nearest, ties to even
  AP_TRN,          // floor
  AP_TRN_ZERO      // toward zero
};

/// What a cast makes of a rounded value out of range.
enum ap_o_mode {
  AP_SAT,       // the nearest end
  AP_SAT_ZERO,  // zero
  AP_SAT_SYM,   // the nearest end, and the negative end is minus the positive one
  AP_WRAP,      // the low bits
  AP_WRAP_SM    // sign-magnitude wrap-around: not supported
};

#endif
