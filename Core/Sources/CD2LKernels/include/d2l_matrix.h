// Matrix products, row-major, through OpenBLAS; split over our own threads.
#ifndef D2L_MATRIX_H
#define D2L_MATRIX_H

#include "d2l_types.h"

/// C = alpha op(A) op(B) + beta C with op(A) m x k and op(B) k x n. Leading dimensions count elements of a stored row. beta == 0 overwrites C whatever it
/// held. k == 0 gives beta C. Float and double.
void d2l_gemm(d2l_dtype type, bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, double alpha,
              const void *a, int64_t lda, const void *b, int64_t ldb, double beta, void *c, int64_t ldc);
/// `batch` products of the same shape; operands a fixed number of elements apart (0: the same for all).
void d2l_gemm_batched(d2l_dtype type, bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, double alpha,
                      const void *a, int64_t lda, int64_t a_step, const void *b, int64_t ldb, int64_t b_step, double beta,
                      void *c, int64_t ldc, int64_t c_step, int64_t batch);

/// What a fused layer applies to its output.
typedef enum {
  D2L_ACTIVATION_NONE = 0,
  D2L_ACTIVATION_RELU,
  D2L_ACTIVATION_SIGMOID,
  D2L_ACTIVATION_TANH,
} d2l_activation;
/// y [rows, out] = activation(x [rows, in] w^T + bias), w [out, in]; bias may be NULL. Float and double.
void d2l_linear(d2l_dtype type, const void *x, const void *w, const void *bias, d2l_activation activation, void *y,
                int64_t rows, int64_t in, int64_t out);
/// y [rows, columns] = activation(y + bias [columns]) in place; bias may be NULL.
void d2l_bias_activation(d2l_dtype type, void *y, const void *bias, d2l_activation activation, int64_t rows,
                         int64_t columns);

#endif
