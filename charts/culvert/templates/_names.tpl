{{/* What names of objects begin with. */}}
{{- define "culvert.name" -}}
{{- .Values.fullnameOverride | default .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end }}

{{/* Labels that select a part's pods. Takes (dict "root" $ "part" NAME). */}}
{{- define "culvert.selector" -}}
app.kubernetes.io/name: culvert
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{/* Labels of a part's pods: none that changes with each version, which would restart them. Takes what culvert.selector does. */}}
{{- define "culvert.podLabels" -}}
{{ include "culvert.selector" . }}
app.kubernetes.io/part-of: culvert
{{- end }}

{{/* Labels of every object of a part. Takes (dict "root" $ "part" NAME). */}}
{{- define "culvert.labels" -}}
{{ include "culvert.selector" . }}
app.kubernetes.io/part-of: culvert
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end }}

{{/* Name and labels of a namespaced object. Takes (dict "root" $ "part" NAME "name" SUFFIX). */}}
{{- define "culvert.metadata" -}}
name: {{ include "culvert.name" .root }}-{{ .name | default .part }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "culvert.labels" . | nindent 2 }}
{{- end }}

{{/* An image. Takes (dict "root" $ "part" NAME). */}}
{{- define "culvert.image" -}}
{{- with .root.Values.image -}}
{{ with .registry }}{{ . }}/{{ end }}culvert/{{ $.part }}:{{ .tag | default $.root.Chart.AppVersion }}
{{- end -}}
{{- end }}

{{/* Where a Service of this release is found from every namespace, whatever the cluster's domain. */}}
{{- define "culvert.host" -}}
{{ include "culvert.name" .root }}-{{ .part }}.{{ .root.Release.Namespace }}.svc
{{- end }}

{{/* What names of objects outside any namespace begin with: two releases may have one name in two namespaces. */}}
{{- define "culvert.clusterName" -}}
{{ include "culvert.name" . }}-{{ .Release.Namespace }}
{{- end }}

{{- define "culvert.webhookName" -}}
{{ include "culvert.clusterName" . }}-injector
{{- end }}

{{/* The Secret that the webhook's certificate is read from, unless the operator makes it. */}}
{{- define "culvert.certificateSecret" -}}
{{- .Values.webhook.certificates.existingSecret | default (printf "%s-webhook-tls" (include "culvert.name" .)) -}}
{{- end }}
