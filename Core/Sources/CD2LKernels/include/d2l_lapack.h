// Linear algebra through the LAPACK inside OpenBLAS. Matrices are dense and row-major, `batch` of them one after the other; float and
// double. Each function works on one matrix at a time in the calling thread and stops at the first that fails: the
// result is then LAPACK's code (> 0) and `*failed` the number of that matrix. 0 is success.
#ifndef D2L_LAPACK_H
#define D2L_LAPACK_H

#include "d2l_types.h"

/// a [n, n] becomes the factors of its transpose, P L U (unit L below the diagonal of the column-major reading); pivots [n] counts from 1. A zero on
/// U's diagonal is success here: the caller reads it off.
int d2l_lu(d2l_dtype type, void *a, int32_t *pivots, int64_t n, int64_t batch);
/// The determinant from d2l_lu's result, its sign (0 for a singular matrix) and the logarithm of its absolute value.
void d2l_lu_determinant(d2l_dtype type, const void *lu, const int32_t *pivots, void *determinant, void *sign, void *logarithm,
                        int64_t n, int64_t batch);
/// a [n, n] becomes its inverse.
int d2l_inverse(d2l_dtype type, void *a, int64_t n, int64_t batch, int64_t *failed);
/// a x = b. a [n, n] is overwritten; b holds the right-hand sides transposed, [columns, n], and becomes the solutions in that form.
int d2l_solve(d2l_dtype type, void *a, void *b, int64_t n, int64_t columns, int64_t batch, int64_t *failed);
/// a [n, n], of which the lower triangle is read, becomes L with a = L L^T; zeros above the diagonal.
int d2l_cholesky(d2l_dtype type, void *a, int64_t n, int64_t batch, int64_t *failed);
/// a holds matrices [m, n] transposed, [n, m]. With k = min(m, n): q [k, m] becomes Q transposed, r [k, n].
int d2l_qr(d2l_dtype type, void *a, void *q, void *r, int64_t m, int64_t n, int64_t batch);
/// a [m, n] is overwritten. With k = min(m, n), or full sizes if `full`: u [m, k or m], s [k], vt [k or n, n].
int d2l_svd(d2l_dtype type, void *a, void *u, void *s, void *vt, bool full, int64_t m, int64_t n, int64_t batch, int64_t *failed);
/// a [n, n], symmetric (the lower triangle is read), becomes its eigenvectors as rows; values [n] ascending.
int d2l_eigh(d2l_dtype type, void *a, void *values, int64_t n, int64_t batch, int64_t *failed);
/// a holds general matrices transposed and is overwritten. real, imaginary [n]; vectors [n, n] as LAPACK's geev packs them, one a row: a real
/// eigenvalue has one row, a complex pair two, real and imaginary part of the first of the pair.
int d2l_eig(d2l_dtype type, void *a, void *real, void *imaginary, void *vectors, int64_t n, int64_t batch, int64_t *failed);

#endif
