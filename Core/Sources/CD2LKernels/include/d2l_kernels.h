// The hot loops of D2LCore, behind plain C calls.
//
// Conventions. Arrays are dense and row-major unless a stride argument says otherwise. Sizes and strides count elements.
// A function that takes a `d2l_dtype` serves the types its comment names and aborts on any other: the Swift side never
// passes one. Results do not depend on the number of threads: work is cut into pieces by its size alone.
#ifndef D2L_KERNELS_H
#define D2L_KERNELS_H

#include "d2l_types.h"

#include "d2l_memory.h"
#include "d2l_parallel.h"
#include "d2l_profile.h"
#include "d2l_thread_state.h"

#include "d2l_elementwise.h"
#include "d2l_index.h"
#include "d2l_random.h"
#include "d2l_reduce.h"
#include "d2l_scan.h"

#include "d2l_convolution.h"
#include "d2l_embedding.h"
#include "d2l_lapack.h"
#include "d2l_matrix.h"
#include "d2l_normalization.h"
#include "d2l_optimizer.h"
#include "d2l_pooling.h"
#include "d2l_recurrent.h"
#include "d2l_softmax.h"
#include "d2l_upsampling.h"
#include "d2l_text.h"

#endif
