#include "net/tls_certificate.h"

#include <memory>

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace wskit {
namespace {

using Bio = std::unique_ptr<BIO, int (*)(BIO*)>;

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string{data, static_cast<std::size_t>(size)} : std::string{};
}

std::string name_text(const X509_NAME* name) {
  const Bio bio{BIO_new(BIO_s_mem()), &BIO_free};
  X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB);
  return text_of(bio.get());
}

std::string time_text(const ASN1_TIME* time) {
  const Bio bio{BIO_new(BIO_s_mem()), &BIO_free};
  ASN1_TIME_print(bio.get(), time);
  return text_of(bio.get());
}

std::string alternative_name(const GENERAL_NAME& name) {
  if (name.type == GEN_DNS) {
    const auto* const bytes = reinterpret_cast<const char*>(ASN1_STRING_get0_data(name.d.dNSName));
    return {bytes, static_cast<std::size_t>(ASN1_STRING_length(name.d.dNSName))};
  }
  if (name.type != GEN_IPADD) return {};
  const int size = ASN1_STRING_length(name.d.iPAddress);
  if (size != 4 && size != 16) return {};
  char text[INET6_ADDRSTRLEN] = {};
  inet_ntop(size == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(name.d.iPAddress), text,
            sizeof text);
  return text;
}

std::string alternative_names(const X509* certificate) {
  const std::unique_ptr<GENERAL_NAMES, void (*)(GENERAL_NAMES*)> names{
      static_cast<GENERAL_NAMES*>(
          X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
      &GENERAL_NAMES_free};
  std::string text;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const std::string name = alternative_name(*sk_GENERAL_NAME_value(names.get(), i));
    if (!name.empty()) text += (text.empty() ? "" : " ") + name;
  }
  return text;
}

}  // namespace

std::string describe_certificate(const X509* certificate) {
  const std::string names = alternative_names(certificate);
  return name_text(X509_get_subject_name(certificate)) + (names.empty() ? "" : "; for " + names) +
         "; by " + name_text(X509_get_issuer_name(certificate)) + "; from " +
         time_text(X509_get0_notBefore(certificate)) + " to " +
         time_text(X509_get0_notAfter(certificate));
}

}  // namespace wskit
