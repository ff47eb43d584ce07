#ifndef SQ_STAT_PASSK_H
#define SQ_STAT_PASSK_H
/*
 * pass@k: the chance that at least one of k samples of a problem is right, from
 * n samples of which c are (Chen et al. 2021, arXiv 2107.03374, s. 2.1).
 */

/* The unbiased estimate 1 - C(n-c, k) / C(n, k), as the product 1 - prod over i
 * from n-c+1 to n of (1 - k/i); 1 where n - c < k. NaN unless 1 <= k <= n and
 * c <= n. */
double sq_stat_pass_k(long long n, long long c, long long k);

/* An unbiased estimate of that estimate's variance, from drawing these n
 * samples and no others: q(k)^2 - q(2k) with q(k) = C(n-c, k) / C(n, k), since
 * q(2k) estimates (1-p)^2k without bias. It may be below 0. NaN where 2k > n:
 * then one draw of n samples does not tell. */
double sq_stat_pass_k_variance(long long n, long long c, long long k);

#endif
