// What the convolution algorithms share.
#ifndef CONVOLUTION_SUPPORT_H
#define CONVOLUTION_SUPPORT_H

#include "d2l_convolution.h"
#include "layer_support.h"

/// Registers are 64 bytes wide under x86-64-v4; narrower processors get the same code in two or four parts.
typedef float d2l_vector_f __attribute__((vector_size(64), aligned(4)));
typedef double d2l_vector_d __attribute__((vector_size(64), aligned(8)));
typedef float d2l_half_f __attribute__((vector_size(32)));
typedef double d2l_half_d __attribute__((vector_size(32)));

/// The most rows (output channels) and vectors of an accumulator tile: 6 x 4 of the 32 registers, which leaves room for operands.
enum { D2L_TILE_ROWS = 6, D2L_TILE_VECTORS = 4 };

void d2l_direct_forward_f(const d2l_convolution *s, const float *x, const float *w, const float *scale, const float *bias,
                          d2l_activation activation, float *y);
void d2l_direct_forward_d(const d2l_convolution *s, const double *x, const double *w, const double *scale, const double *bias,
                          d2l_activation activation, double *y);
void d2l_direct_gradient_input_f(const d2l_convolution *s, const float *gy, const float *w, float *gx);
void d2l_direct_gradient_input_d(const d2l_convolution *s, const double *gy, const double *w, double *gx);
void d2l_direct_gradient_weight_f(const d2l_convolution *s, const float *x, const float *gy, float *gw, float *gbias);
void d2l_direct_gradient_weight_d(const d2l_convolution *s, const double *x, const double *gy, double *gw, double *gbias);

#endif
