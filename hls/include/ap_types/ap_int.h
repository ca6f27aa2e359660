// Host implementation of ap_int and ap_uint: integers of any width, for simulation without the vendor's headers.
// SPDX-License-Identifier: Apache-2.0
#ifndef AXOC_AP_TYPES_AP_INT_H
#define AXOC_AP_TYPES_AP_INT_H

#include "detail/operators.h"

/// Tells this implementation from the vendor's.
#define AXOC_HOST_AP_TYPES 1

template <int W>
using ap_int = axoc::ap::integer<W, true>;

template <int W>
using ap_uint = axoc::ap::integer<W, false>;

#endif
