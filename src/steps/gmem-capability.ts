// The capability of kernels whose files keep the state of their pages.

/** KVM_CAP_GUEST_MEMFD_MEMORY_ATTRIBUTES: the attributes that KVM_SET_MEMORY_ATTRIBUTES2 knows. The series has no number that is settled; this one
 *  is nobody else's. */
export const CAP_GMEM_ATTRIBUTES = 250;
